/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quantities: every number that crosses the contract is an int64_t in one base unit, and the base
 * unit is the last word of its name.
 *
 *   dimension        base unit                    name ends in      largest use
 *   volume           picolitre                    _pl               40 mL = 4e10
 *   rate             picolitre per day            _pl_per_day       24 mL/day = 2.4e10
 *   mass             picogram                     _pg               1 g = 1e12
 *   concentration    picogram per microlitre      _pg_per_ul        1 mg/mL = 1e6
 *   dose rate        picogram per day             _pg_per_day       also drift, evaporation
 *   duration, time   nanosecond                   _ns               times count from the bench's epoch
 *   pressure         pascal                       _pa
 *   temperature      millikelvin                  _mk               37 degC = 310150
 *   ratio            part per million             _ppm              1 % = 10000
 *   length           micrometre                   _um
 *   magnetic field   microtesla                   _ut
 *   density          microgram per millilitre     _ug_per_ml        water at 20 degC = 998210
 *   number           millionth of the unit that its signal names     _millionths
 */
#ifndef THECA_QUANTITY_H
#define THECA_QUANTITY_H

#include <stddef.h>
#include <stdint.h>

#define THECA_NONE INT64_MIN  /* a quantity that is not stated */
#define THECA_NEVER INT64_MAX /* a time that does not come */

#define THECA_DAY_NS INT64_C(86400000000000)
#define THECA_HOUR_NS INT64_C(3600000000000)
#define THECA_MINUTE_NS INT64_C(60000000000)
#define THECA_SECOND_NS INT64_C(1000000000)

/* What a value is: the type of an option, the dimension of a signal. The numbers never change. */
enum theca_dimension {
	/* quantities: int64_t in the base unit above */
	THECA_VOLUME = 1,
	THECA_RATE = 2,
	THECA_MASS = 3,
	THECA_CONCENTRATION = 4,
	THECA_DOSE_RATE = 5,
	THECA_DURATION = 6,
	THECA_PRESSURE = 7,
	THECA_TEMPERATURE = 8,
	THECA_RATIO = 9,
	THECA_LENGTH = 10,
	THECA_MAGNETIC_FIELD = 11,
	THECA_DENSITY = 12,
	THECA_NUMBER = 13, /* millionths of a unit of its own: 3.5 rpm = 3500000 */
	THECA_COUNT = 14,  /* a whole number without a unit */
	/* options and signals without a quantity */
	THECA_CHOICE = 32,    /* int32_t: index into the option's `choices`; a signal: its state names */
	THECA_FLAG = 33,      /* int32_t: yes 1, no 0 */
	THECA_TEXT = 34,      /* const char *, UTF-8, owned by the service, valid until destroy */
	THECA_FILE = 35,      /* const char *: a path; a relative one counts from the INI file's folder */
	THECA_PORT = 36,      /* const char *: serial:..., tcp:..., pty:...; see theca_port_open() */
	THECA_INSTANCE = 37,  /* uint32_t: another section of the bench, 0 when not stated */
};

#endif
