/* SPDX-License-Identifier: Apache-2.0 */
/* States more bytes than it has; its code must not run. */
#include <stdint.h>
#include <stdlib.h>

__attribute__((constructor)) static void mark(void)
{
	setenv("THECA_ZOO_RAN", "liar", 1);
}

extern __attribute__((visibility("default"))) const uint32_t theca_plugin_v1[40];
const uint32_t theca_plugin_v1[40] = {4096};
