/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract's layout on 64-bit machines, as literal numbers: a plugin that somebody built stays
 * right only while these stay. A field that is appended to a struct that begins with `size` changes
 * its size here and nothing else; any other change breaks plugins and needs theca_plugin_v2.
 */
#include "tap.h"
#include <stddef.h>
#include <theca/plugin.h>

struct number {
	const char *name;
	int64_t is, was;
};

#define SIZE(type, was) {"size of " #type, sizeof(struct type), was}
#define AT(type, field, was) {#type "." #field, offsetof(struct type, field), was}
#define VALUE(name, was) {#name, name, was}

static const struct number layout[] = {
	/* theca/option.h */
	SIZE(theca_option, 64),
	AT(theca_option, name, 0), AT(theca_option, type, 8), AT(theca_option, flags, 12),
	AT(theca_option, offset, 16), AT(theca_option, initial, 24), AT(theca_option, min, 32),
	AT(theca_option, max, 40), AT(theca_option, choices, 48), AT(theca_option, help, 56),
	SIZE(theca_list, 16),
	AT(theca_list, values, 0), AT(theca_list, count, 8),
	/* theca/data.h */
	SIZE(theca_signal, 48),
	AT(theca_signal, size, 0), AT(theca_signal, dimension, 4), AT(theca_signal, name, 8),
	AT(theca_signal, unit, 16), AT(theca_signal, decimals, 24), AT(theca_signal, instance, 28),
	AT(theca_signal, max_age_ns, 32), AT(theca_signal, states, 40),
	SIZE(theca_sample, 32),
	AT(theca_sample, time_ns, 0), AT(theca_sample, value, 8), AT(theca_sample, sequence, 16),
	AT(theca_sample, signal, 24), AT(theca_sample, quality, 28),
	AT(theca_sample, reserved, 30),
	SIZE(theca_command, 48),
	AT(theca_command, size, 0), AT(theca_command, verb, 4), AT(theca_command, token, 8),
	AT(theca_command, rate_pl_per_day, 16), AT(theca_command, volume_pl, 24),
	AT(theca_command, duration_ns, 32), AT(theca_command, direction, 40),
	AT(theca_command, reserved, 44),
	SIZE(theca_program_row, 72),
	AT(theca_program_row, kind, 0), AT(theca_program_row, weekdays, 4),
	AT(theca_program_row, from_ns, 8), AT(theca_program_row, rate_pl_per_day, 16),
	AT(theca_program_row, volume_pl, 24), AT(theca_program_row, duration_ns, 32),
	AT(theca_program_row, every_ns, 40), AT(theca_program_row, lockout_ns, 48),
	AT(theca_program_row, at_most, 56), AT(theca_program_row, as_written, 64),
	SIZE(theca_program, 24),
	AT(theca_program, size, 0), AT(theca_program, row_size, 4), AT(theca_program, rows, 8),
	AT(theca_program, count, 16),
	SIZE(theca_alarm, 40),
	AT(theca_alarm, size, 0), AT(theca_alarm, priority, 4), AT(theca_alarm, code, 8),
	AT(theca_alarm, native_code, 16), AT(theca_alarm, native_class, 24),
	AT(theca_alarm, text, 32),
	SIZE(theca_event, 112),
	AT(theca_event, size, 0), AT(theca_event, kind, 4), AT(theca_event, number, 8),
	AT(theca_event, time_ns, 16), AT(theca_event, instance, 24), AT(theca_event, priority, 28),
	AT(theca_event, outcome, 32), AT(theca_event, reserved, 36), AT(theca_event, command, 40),
	AT(theca_event, code, 88), AT(theca_event, who, 96), AT(theca_event, text, 104),
	/* theca/pump.h */
	SIZE(theca_pump_range, 64),
	AT(theca_pump_range, size, 0), AT(theca_pump_range, zero_is_legal, 4),
	AT(theca_pump_range, min_rate_pl_per_day, 8),
	AT(theca_pump_range, max_rate_pl_per_day, 16), AT(theca_pump_range, reservoir_pl, 24),
	AT(theca_pump_range, residual_pl, 32), AT(theca_pump_range, low_reservoir_pl, 40),
	AT(theca_pump_range, dead_volume_pl, 48), AT(theca_pump_range, tolerance_ppm, 56),
	SIZE(theca_log_row, 16),
	AT(theca_log_row, time_ns, 0), AT(theca_log_row, text, 8),
	SIZE(theca_readback, 80),
	AT(theca_readback, size, 0), AT(theca_readback, delivering, 4),
	AT(theca_readback, model, 8), AT(theca_readback, serial_number, 16),
	AT(theca_readback, firmware, 24), AT(theca_readback, rate_pl_per_day, 32),
	AT(theca_readback, delivered_pl, 40), AT(theca_readback, reservoir_pl, 48),
	AT(theca_readback, program, 56), AT(theca_readback, log, 64),
	AT(theca_readback, log_count, 72),
	SIZE(theca_surroundings, 40),
	AT(theca_surroundings, size, 0), AT(theca_surroundings, occluded, 4),
	AT(theca_surroundings, outlet_pa, 8), AT(theca_surroundings, ambient_pa, 16),
	AT(theca_surroundings, temperature_mk, 24), AT(theca_surroundings, magnetic_field_ut, 32),
	SIZE(theca_segment, 24),
	AT(theca_segment, from_ns, 0), AT(theca_segment, until_ns, 8),
	AT(theca_segment, volume_pl, 16),
	SIZE(theca_simulation, 32),
	AT(theca_simulation, size, 0), AT(theca_simulation, contain, 8),
	AT(theca_simulation, next_event, 16), AT(theca_simulation, advance, 24),
	SIZE(theca_pump, 120),
	AT(theca_pump, size, 0), AT(theca_pump, range, 8), AT(theca_pump, nearest, 16),
	AT(theca_pump, poll, 24), AT(theca_pump, set_rate, 32), AT(theca_pump, bolus, 40),
	AT(theca_pump, halt, 48), AT(theca_pump, program, 56), AT(theca_pump, interrogate, 64),
	AT(theca_pump, refill, 72), AT(theca_pump, prime, 80), AT(theca_pump, purge, 88),
	AT(theca_pump, acknowledge, 96), AT(theca_pump, configure, 104),
	AT(theca_pump, simulation, 112),
	/* theca/instrument.h */
	SIZE(theca_arrival, 32),
	AT(theca_arrival, size, 0), AT(theca_arrival, reserved, 4),
	AT(theca_arrival, volume_pl, 8), AT(theca_arrival, fluid_pg, 16),
	AT(theca_arrival, temperature_mk, 24),
	SIZE(theca_instrument, 48),
	AT(theca_instrument, size, 0), AT(theca_instrument, simulated, 4),
	AT(theca_instrument, poll, 8), AT(theca_instrument, tare, 16),
	AT(theca_instrument, zero, 24), AT(theca_instrument, acknowledge, 32),
	AT(theca_instrument, configure, 40),
	/* theca/drug.h */
	SIZE(theca_drug_profile, 112),
	AT(theca_drug_profile, size, 0), AT(theca_drug_profile, patient_bolus, 4),
	AT(theca_drug_profile, limit_set, 8), AT(theca_drug_profile, year, 16),
	AT(theca_drug_profile, source, 24), AT(theca_drug_profile, day_soft_pg, 32),
	AT(theca_drug_profile, day_hard_pg, 40), AT(theca_drug_profile, hour_soft_pg, 48),
	AT(theca_drug_profile, hour_hard_pg, 56), AT(theca_drug_profile, bolus_soft_pg, 64),
	AT(theca_drug_profile, bolus_hard_pg, 72),
	AT(theca_drug_profile, concentration_soft_pg_per_ul, 80),
	AT(theca_drug_profile, concentration_hard_pg_per_ul, 88),
	AT(theca_drug_profile, density_ug_per_ml, 96), AT(theca_drug_profile, stable_ns, 104),
	SIZE(theca_drug, 16),
	AT(theca_drug, size, 0), AT(theca_drug, profile, 8),
	/* theca/procedure.h */
	SIZE(theca_verdict, 72),
	AT(theca_verdict, size, 0), AT(theca_verdict, passed, 4), AT(theca_verdict, skipped, 8),
	AT(theca_verdict, decimals, 12), AT(theca_verdict, name, 16),
	AT(theca_verdict, reason, 24), AT(theca_verdict, unit, 32), AT(theca_verdict, value, 40),
	AT(theca_verdict, lower, 48), AT(theca_verdict, upper, 56),
	AT(theca_verdict, uncertainty, 64),
	SIZE(theca_series, 40),
	AT(theca_series, name, 0), AT(theca_series, style, 8), AT(theca_series, reserved, 12),
	AT(theca_series, x, 16), AT(theca_series, y, 24), AT(theca_series, count, 32),
	SIZE(theca_chart, 56),
	AT(theca_chart, size, 0), AT(theca_chart, flags, 4), AT(theca_chart, series_size, 8),
	AT(theca_chart, series_count, 12), AT(theca_chart, title, 16),
	AT(theca_chart, x_label, 24), AT(theca_chart, y_label, 32), AT(theca_chart, series, 40),
	AT(theca_chart, caption, 48),
	SIZE(theca_table, 40),
	AT(theca_table, size, 0), AT(theca_table, columns, 4), AT(theca_table, rows, 8),
	AT(theca_table, reserved, 12), AT(theca_table, title, 16), AT(theca_table, heads, 24),
	AT(theca_table, cells, 32),
	SIZE(theca_procedure, 48),
	AT(theca_procedure, size, 0), AT(theca_procedure, begin, 8),
	AT(theca_procedure, samples, 16), AT(theca_procedure, event, 24),
	AT(theca_procedure, progress_ppm, 32), AT(theca_procedure, abort, 40),
	/* theca/transport.h */
	SIZE(theca_transport, 32),
	AT(theca_transport, size, 0), AT(theca_transport, publish, 8),
	AT(theca_transport, event, 16), AT(theca_transport, tick, 24),
	/* theca/host.h */
	SIZE(theca_port_events, 40),
	AT(theca_port_events, size, 0), AT(theca_port_events, opened, 8),
	AT(theca_port_events, received, 16), AT(theca_port_events, silent, 24),
	AT(theca_port_events, closed, 32),
	SIZE(theca_host_api, 288),
	AT(theca_host_api, size, 0), AT(theca_host_api, reserved, 4), AT(theca_host_api, log, 8),
	AT(theca_host_api, complain, 16), AT(theca_host_api, name, 24),
	AT(theca_host_api, now, 32), AT(theca_host_api, random, 40), AT(theca_host_api, wake, 48),
	AT(theca_host_api, declare, 56), AT(theca_host_api, report, 64),
	AT(theca_host_api, raise, 72), AT(theca_host_api, clear, 80), AT(theca_host_api, done, 88),
	AT(theca_host_api, readback, 96), AT(theca_host_api, stopped, 104),
	AT(theca_host_api, identify, 112), AT(theca_host_api, table, 120),
	AT(theca_host_api, load, 128), AT(theca_host_api, create_file, 136),
	AT(theca_host_api, find, 144), AT(theca_host_api, signal, 152),
	AT(theca_host_api, latest, 160), AT(theca_host_api, instance, 168),
	AT(theca_host_api, ask, 176), AT(theca_host_api, arrived, 184),
	AT(theca_host_api, verdict, 192), AT(theca_host_api, chart, 200),
	AT(theca_host_api, rows, 208), AT(theca_host_api, finish, 216),
	AT(theca_host_api, port_open, 224), AT(theca_host_api, port_write, 232),
	AT(theca_host_api, port_answered, 240), AT(theca_host_api, port_close, 248),
	AT(theca_host_api, loop, 256), AT(theca_host_api, format, 264),
	AT(theca_host_api, format_time, 272), AT(theca_host_api, is_virtual, 280),
	SIZE(theca_host, 8),
	AT(theca_host, api, 0),
	/* theca/plugin.h */
	SIZE(theca_plugin, 144),
	AT(theca_plugin, size, 0), AT(theca_plugin, option_size, 4), AT(theca_plugin, name, 8),
	AT(theca_plugin, version, 16), AT(theca_plugin, summary, 24),
	AT(theca_plugin, options, 32), AT(theca_plugin, config_size, 40),
	AT(theca_plugin, check, 48), AT(theca_plugin, create, 56), AT(theca_plugin, start, 64),
	AT(theca_plugin, stop, 72), AT(theca_plugin, destroy, 80), AT(theca_plugin, wake, 88),
	AT(theca_plugin, ended, 96), AT(theca_plugin, pump, 104), AT(theca_plugin, drug, 112),
	AT(theca_plugin, transport, 120), AT(theca_plugin, instrument, 128),
	AT(theca_plugin, procedure, 136),
};

static const struct number numbers[] = {
	/* enum theca_dimension */
	VALUE(THECA_VOLUME, 1), VALUE(THECA_RATE, 2), VALUE(THECA_MASS, 3),
	VALUE(THECA_CONCENTRATION, 4), VALUE(THECA_DOSE_RATE, 5), VALUE(THECA_DURATION, 6),
	VALUE(THECA_PRESSURE, 7), VALUE(THECA_TEMPERATURE, 8), VALUE(THECA_RATIO, 9),
	VALUE(THECA_LENGTH, 10), VALUE(THECA_MAGNETIC_FIELD, 11), VALUE(THECA_DENSITY, 12),
	VALUE(THECA_NUMBER, 13), VALUE(THECA_COUNT, 14), VALUE(THECA_CHOICE, 32),
	VALUE(THECA_FLAG, 33), VALUE(THECA_TEXT, 34), VALUE(THECA_FILE, 35), VALUE(THECA_PORT, 36),
	VALUE(THECA_INSTANCE, 37),
	/* enum theca_quality */
	VALUE(THECA_GOOD, 0), VALUE(THECA_STALE, 1), VALUE(THECA_INVALID, 2),
	/* enum theca_verb */
	VALUE(THECA_SET_RATE, 1), VALUE(THECA_BOLUS, 2), VALUE(THECA_HALT, 3),
	VALUE(THECA_PROGRAM, 4), VALUE(THECA_INTERROGATE, 5), VALUE(THECA_REFILL, 6),
	VALUE(THECA_PRIME, 7), VALUE(THECA_PURGE, 8), VALUE(THECA_ACKNOWLEDGE, 9),
	VALUE(THECA_CONFIGURE, 10), VALUE(THECA_TARE, 11), VALUE(THECA_ZERO, 12),
	VALUE(THECA_PRESS, 13), VALUE(THECA_START, 14),
	/* enum theca_direction */
	VALUE(THECA_INFUSE, 0), VALUE(THECA_WITHDRAW, 1),
	/* enum theca_row_kind */
	VALUE(THECA_ROW_BASAL, 1), VALUE(THECA_ROW_PERIODIC, 2), VALUE(THECA_ROW_PATIENT, 3),
	VALUE(THECA_ROW_PRIME, 4), VALUE(THECA_ROW_BRIDGE, 5),
	/* enum theca_priority */
	VALUE(THECA_LOW, 1), VALUE(THECA_MEDIUM, 2), VALUE(THECA_HIGH, 3),
	/* enum theca_event_kind */
	VALUE(THECA_EVENT_STATE, 1), VALUE(THECA_EVENT_INTENT, 2), VALUE(THECA_EVENT_OUTCOME, 3),
	VALUE(THECA_EVENT_REFUSED, 4), VALUE(THECA_EVENT_ALARM, 5), VALUE(THECA_EVENT_CLEARED, 6),
	VALUE(THECA_EVENT_ACKNOWLEDGED, 7), VALUE(THECA_EVENT_FIRED, 8),
	VALUE(THECA_EVENT_PROCEDURE, 9), VALUE(THECA_EVENT_NOTE, 10), VALUE(THECA_EVENT_FILL, 11),
	VALUE(THECA_EVENT_BENCH, 12), VALUE(THECA_EVENT_PROGRAM, 13),
	/* enum theca_series_style */
	VALUE(THECA_LINE, 0), VALUE(THECA_STEPS, 1), VALUE(THECA_POINTS, 2), VALUE(THECA_LIMIT, 3),
	/* enum theca_level */
	VALUE(THECA_ERROR, 3), VALUE(THECA_WARNING, 4), VALUE(THECA_INFO, 6),
	VALUE(THECA_DEBUG, 7),
	/* flags and special values */
	VALUE(THECA_LIST, 0x01), VALUE(THECA_OPTIONAL, 0x02), VALUE(THECA_REF_PUMP, 0x10),
	VALUE(THECA_REF_INSTRUMENT, 0x20), VALUE(THECA_SECRET, 0x40), VALUE(THECA_LOG_X, 0x01),
	VALUE(THECA_DONE, 0), VALUE(THECA_UNCERTAIN, 1), VALUE(THECA_EVERY_DAY, 127),
	VALUE(THECA_NONE, INT64_MIN), VALUE(THECA_NEVER, INT64_MAX),
	VALUE(THECA_DAY_NS, 86400000000000), VALUE(THECA_HOUR_NS, 3600000000000),
	VALUE(THECA_MINUTE_NS, 60000000000), VALUE(THECA_SECOND_NS, 1000000000),
};

/* One line for all that is as it was, one for each that is not. */
static void compare(const struct number *numbers_now, size_t count, const char *what)
{
	size_t same = 0;

	for (size_t i = 0; i < count; i++)
		if (numbers_now[i].is == numbers_now[i].was)
			same++;
		else
			is(numbers_now[i].is, numbers_now[i].was, "%s", numbers_now[i].name);
	is(same, count, "%s as they were", what);
}

int main(void)
{
	if (sizeof(void *) != 8) {
		printf("1..0 # SKIP the numbers are those of a 64-bit machine\n");
		return 0;
	}
	compare(layout, sizeof layout / sizeof *layout, "sizes and offsets");
	compare(numbers, sizeof numbers / sizeof *numbers, "numbers");
	is(sizeof(struct theca_sample), 32, "a sample is 32 bytes");
	is(offsetof(struct theca_plugin, size), 0, "a plugin begins with its size");
	is(offsetof(struct theca_host, api), 0, "a host begins with its table");
	return done_testing();
}
