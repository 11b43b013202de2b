/* SPDX-License-Identifier: Apache-2.0 */
/* The device side under another name, so that one test program can wire driver and device together.
 */
#define theca_plugin_v1 device_plugin
#include "mt-sics-device.c"
