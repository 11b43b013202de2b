/* SPDX-License-Identifier: Apache-2.0 */
/* A shared object that is no plugin; its code must not run. */
#include <stdlib.h>

__attribute__((constructor)) static void mark(void)
{
	setenv("THECA_ZOO_RAN", "stranger", 1);
}

__attribute__((visibility("default"))) int hello(void);
int hello(void)
{
	return 1;
}
