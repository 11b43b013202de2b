/* SPDX-License-Identifier: Apache-2.0 */
#include <theca/plugin.h>

THECA_PLUGIN(.name = "no-kind", .version = "1", .summary = "Does nothing.");
