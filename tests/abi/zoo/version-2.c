/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin of the next major version; its code must not run. */
#include <stdlib.h>

__attribute__((constructor)) static void mark(void)
{
	setenv("THECA_ZOO_RAN", "version-2", 1);
}

extern __attribute__((visibility("default"))) const char theca_plugin_v2[];
const char theca_plugin_v2[] = "the contract of tomorrow";
