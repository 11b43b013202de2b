/* SPDX-License-Identifier: Apache-2.0 */
/* As a plugin looks that is built when the tables have grown. */
#define theca_plugin_v1 theca_plugin_of_today
#include <theca/plugin.h>
#undef theca_plugin_v1

static int poll(void *self, int64_t now_ns)
{
	(void)self, (void)now_ns;
	return 0;
}

static const struct {
	struct theca_instrument today;
	int (*calibrate)(void *self, int64_t now_ns);
} instrument = {{.size = sizeof instrument, .poll = poll}, poll};

struct newer_plugin {
	struct theca_plugin today;
	void *later[4];
};

extern __attribute__((visibility("default"))) const struct newer_plugin theca_plugin_v1;
const struct newer_plugin theca_plugin_v1 = {
	.today = {.size = sizeof(struct newer_plugin),
		.option_size = sizeof(struct theca_option) + 16,
		.name = "newer",
		.version = "9",
		.summary = "Is long.",
		.instrument = (const struct theca_instrument *)&instrument}};
