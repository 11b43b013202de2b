/* SPDX-License-Identifier: Apache-2.0 */
/* What happened, said once: to the journal, the bus, the run's results, and whoever follows. */
#ifndef EVENT_H
#define EVENT_H

#include "bench/bench.h"

/* Completes number, time and empty texts, and tells everybody. Returns the journal's number, 0 when
 * the journal has failed or there is none. */
uint64_t event_emit(struct bench *, struct theca_event *);
/* The common form: no command in it. */
__attribute__((format(printf, 6, 7))) uint64_t event_say(struct bench *, uint32_t kind,
	const struct instance *, const char *code, const char *who, const char *format, ...);

/* An alarm of an instance: latched, journalled, shown. */
void event_raise(struct bench *, struct instance *, const struct theca_alarm *);
void event_clear(struct bench *, struct instance *, const char *code);
int event_acknowledge(struct bench *, struct instance *, const char *code, const char *who);
/* An alarm of the bench's own making. */
__attribute__((format(printf, 4, 5))) void event_alarm(struct instance *, enum theca_priority,
	const char *code, const char *format, ...);

/* Codes of THECA_EVENT_STATE: a read-back changed a pump's account. Its command has the rate that was
 * read and, as the volume, the pump's own counter. And of THECA_EVENT_BENCH: a run goes on. */
#define EVENT_READS_DELIVERING "reads-delivering"
#define EVENT_READS_STOPPED "reads-stopped"
#define EVENT_RECOVERED "recovered"

#endif
