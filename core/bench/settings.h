/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that the core itself knows, as option tables: of [bench], and those added to each kind. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "bench/bench.h"
#include "config/schema.h"

struct schema settings_bench(void);
/* A plugin's own options of this kind may not bear any of these names. */
struct schema settings_of(enum module_kind);
/* The key that names the plugin in a section of this kind: `driver` for pumps, else `plugin`. */
const char *settings_plugin_key(enum module_kind);

#endif
