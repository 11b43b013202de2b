/* SPDX-License-Identifier: Apache-2.0 */
#include <fakehost.h>
#include <tap.h>

int main(void)
{
	const struct theca_plugin *plugin = &theca_plugin_v1;
	struct theca_sample samples[3] = {{.value = 1}, {.value = 2}, {.value = 3}};
	is_text(plugin->name, "null", "its name");
	is(plugin->size, sizeof *plugin, "the size of the contract it was built with");
	ok(plugin->transport && !plugin->pump && !plugin->drug && !plugin->instrument &&
			!plugin->procedure,
		"a transport and nothing else");
	is(plugin->transport->publish(NULL, samples, 3), 3, "takes all samples");
	is(plugin->transport->publish(NULL, samples, 0), 0, "and none");
	ok(!plugin->transport->event, "wants no events");
	return done_testing();
}
