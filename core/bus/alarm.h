/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alarms of the bench: they latch until acknowledged, acknowledging does not clear the condition,
 * and the condition's going does not acknowledge. Highest priority first. Pure.
 */
#ifndef ALARM_H
#define ALARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <theca/data.h>

struct alarm {
	uint32_t instance;
	uint32_t priority;
	char code[32], native_code[32], native_class[24];
	char text[128];
	int64_t raised_ns, cleared_ns, acknowledged_ns; /* THECA_NONE: not */
	uint64_t number; /* rises by 1 with each alarm of the bench, whatever becomes of it */
	char acknowledged_by[48];
};

struct alarms {
	struct alarm *items; /* present or not acknowledged; sorted: priority falling, then time */
	size_t count, room;
	uint64_t raised; /* ever: the number of the last one */
};

void alarms_init(struct alarms *);
void alarms_finish(struct alarms *);
/* 1: newly raised; 0: it was there already, and nothing changes; -EINVAL: no priority, or a code that
 * is empty or too long; -ENOMEM. Raised again after its condition had gone, it is a new alarm in
 * the place of the old one. Texts that are too long are cut. */
int alarms_raise(struct alarms *, uint32_t instance, const struct theca_alarm *, int64_t now_ns);
/* 1: the condition has gone; 0: it was not there. An acknowledged alarm leaves the list then. */
int alarms_clear(struct alarms *, uint32_t instance, const char *code, int64_t now_ns);
/* 1: acknowledged; 0: it was; -ENOENT. One whose condition has gone leaves the list then. */
int alarms_acknowledge(struct alarms *, uint32_t instance, const char *code, const char *who,
	int64_t now_ns);
/* NULL: no such. Valid until the next raise, clear or acknowledge. */
const struct alarm *alarms_find(const struct alarms *, uint32_t instance, const char *code);
uint32_t alarms_highest(const struct alarms *); /* priority in the list; 0: it is empty */

#endif
