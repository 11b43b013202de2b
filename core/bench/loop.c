/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include "bench/command.h"
#include "base/log.h"
#include "bench/procedure.h"
#include "bench/run.h"
#include "bench/scenario.h"

#define SLICE_NS 5000000 /* a virtual bench serves sockets at least every 5 ms */
#define SLICE_WORK 512   /* deadlines and samplings of one instance between two looks at the clock */

#define GATHER_MS 1      /* records that nothing waits for go to disk together with what comes until then */

struct loop {
	struct bench *bench;
	uv_timer_t timer, gather;
	uv_prepare_t prepare;
	uv_signal_t interrupt, terminate, hangup;
	int64_t armed_ns;     /* the deadline the timer is set to */
	int64_t progress_wall_ns, began_wall_ns;
};

/* -- what is due ------------------------------------------------------------------------------ */

static int64_t end_ns(const struct bench *bench)
{
	return bench->settings.until_ns == THECA_NONE ? CLOCK_LAST_NS : bench->settings.until_ns;
}

/* A virtual bench without `until` ends when nothing is left to happen. */
static bool has_ended(struct bench *bench)
{
	if (!bench->may_end || bench->settings.until_ns != THECA_NONE)
		return false;
	bench->may_end = false;
	return scenario_ended(bench) && !procedure_any(bench);
}

static void run_first(struct bench *bench)
{
	struct due *due = schedule_first(&bench->schedule);
	due->run(due->user, bench->now_ns);
}

/* One slice of virtual time; true: the bench has come to its end. */
static bool virtual_slice(struct bench *bench)
{
	int64_t until_ns = end_ns(bench), stop_wall_ns = env_boot_ns() + SLICE_NS;

	for (bench->work = 0; !bench->waiting && !bench->stopping; bench->work++) {
		int64_t next_ns = schedule_next_ns(&bench->schedule);
		if (next_ns > until_ns || (bench->may_end && has_ended(bench))) {
			if (bench->settings.until_ns != THECA_NONE)
				bench->now_ns = until_ns;
			return true;
		}
		if (bench->work >= SLICE_WORK) {
			if (env_boot_ns() >= stop_wall_ns)
				return false;
			bench->work = 0;
		}
		if (next_ns > bench->now_ns)
			bench->now_ns = next_ns;
		run_first(bench);
	}
	return bench->stopping;
}

/* Everything due by now, on a running clock. */
static void real_turn(struct bench *bench)
{
	bench->now_ns = clock_now(&bench->clock);
	bench->turning = true;
	while (schedule_next_ns(&bench->schedule) <= bench->now_ns && !bench->stopping)
		run_first(bench);
	bench->turning = false;
	if (bench->now_ns >= end_ns(bench))
		bench->stopping = true;
}

/* -- handles ---------------------------------------------------------------------------------- */

static void on_signal(uv_signal_t *handle, int number)
{
	struct loop *loop = handle->data;

	(void)number;
	if (loop->bench->stopping)
		log_line(THECA_WARNING, "stopping already");
	loop->bench->stopping = true;
	uv_stop(loop->bench->loop);
}

static void on_timer(uv_timer_t *timer)
{
	struct loop *loop = timer->data;

	loop->armed_ns = THECA_NEVER;
	real_turn(loop->bench);
	if (loop->bench->stopping)
		uv_stop(loop->bench->loop);
}

/* The timer follows the first deadline, whoever moved it. */
static void arm(struct loop *loop)
{
	int64_t next_ns = schedule_next_ns(&loop->bench->schedule);

	if (end_ns(loop->bench) < next_ns)
		next_ns = end_ns(loop->bench);
	if (next_ns == loop->armed_ns)
		return;
	loop->armed_ns = next_ns;
	int64_t wait_ms = (clock_wait_ns(&loop->bench->clock, next_ns) + 999999) / 1000000;
	uv_update_time(loop->bench->loop);
	uv_timer_start(&loop->timer, on_timer, (uint64_t)wait_ms, 0);
}

static void on_gathered(uv_timer_t *timer)
{
	struct loop *loop = timer->data;

	if (loop->bench->journal)
		journal_flush(loop->bench->journal);
}

/* An intent goes to disk at once. An outcome alone would keep the disk busy for as long, just when
 * the next intent comes. */
static void flush_journal(struct loop *loop)
{
	struct bench *bench = loop->bench;

	if (bench->unsynced || bench->clock.is_virtual)
		journal_flush(bench->journal);
	else if (journal_has_more(bench->journal) && !uv_is_active((uv_handle_t *)&loop->gather))
		uv_timer_start(&loop->gather, on_gathered, GATHER_MS, 0);
}

/* Before the loop sleeps: what was said goes to disk, and the next deadline is known. */
static void before_sleep(uv_prepare_t *prepare)
{
	struct loop *loop = prepare->data;

	if (loop->bench->journal)
		flush_journal(loop);
	run_flush(loop->bench->run);
	if (!loop->bench->clock.is_virtual)
		arm(loop);
	if (loop->bench->stopping)
		uv_stop(loop->bench->loop);
}

struct loop *loop_create(struct bench *bench)
{
	struct loop *loop = calloc(1, sizeof *loop);

	if (!loop)
		return NULL;
	loop->bench = bench;
	loop->armed_ns = THECA_NEVER;
	uv_timer_init(bench->loop, &loop->timer);
	uv_timer_init(bench->loop, &loop->gather);
	uv_prepare_init(bench->loop, &loop->prepare);
	uv_signal_init(bench->loop, &loop->interrupt);
	uv_signal_init(bench->loop, &loop->terminate);
	uv_signal_init(bench->loop, &loop->hangup);
	loop->timer.data = loop->gather.data = loop->prepare.data = loop->interrupt.data = loop->terminate.data =
		loop->hangup.data = loop;
	uv_prepare_start(&loop->prepare, before_sleep);
	uv_signal_start(&loop->interrupt, on_signal, SIGINT);
	uv_signal_start(&loop->terminate, on_signal, SIGTERM);
	uv_signal_start(&loop->hangup, on_signal, SIGHUP); /* its terminal has gone: halt, do not just die */
	return loop;
}

void loop_destroy(struct loop *loop)
{
	free(loop);
}

/* -- running ---------------------------------------------------------------------------------- */

static void show_progress(struct loop *loop)
{
	const struct bench *bench = loop->bench;
	int64_t wall_ns = env_boot_ns();
	char time[32];

	if (wall_ns - loop->progress_wall_ns < THECA_SECOND_NS / 5)
		return;
	loop->progress_wall_ns = wall_ns;
	double seconds = (double)(wall_ns - loop->began_wall_ns) * 1e-9;
	env_format_time(bench_unix_ns(bench, bench->now_ns), 0, time);
	if (bench->settings.until_ns == THECA_NONE)
		log_progress("%s  day %.1f, %.0f s", time, (double)bench->now_ns / (double)THECA_DAY_NS, seconds);
	else
		log_progress("%s  day %.1f of %.1f, %.0f %%", time,
			(double)bench->now_ns / (double)THECA_DAY_NS,
			(double)bench->settings.until_ns / (double)THECA_DAY_NS,
			100.0 * (double)bench->now_ns / (double)bench->settings.until_ns);
}

static void run_virtual(struct loop *loop)
{
	struct bench *bench = loop->bench;

	while (!virtual_slice(bench) && !bench->stopping) {
		uv_run(bench->loop, bench->waiting ? UV_RUN_ONCE : UV_RUN_NOWAIT);
		if (bench->waiting)
			bench->waiting = !bus_drain(&bench->bus);
		show_progress(loop);
	}
	log_progress_end();
}

void loop_run(struct loop *loop)
{
	loop->began_wall_ns = loop->progress_wall_ns = env_boot_ns();
	if (loop->bench->clock.is_virtual)
		run_virtual(loop);
	else if (!loop->bench->stopping)
		uv_run(loop->bench->loop, UV_RUN_DEFAULT);
}

static void on_wait_over(uv_timer_t *timer)
{
	struct loop *loop = timer->data;
	loop->armed_ns = 0; /* the wait is over */
}

void loop_wait(struct loop *loop, bool (*done)(const struct bench *), int64_t wall_ns)
{
	uv_prepare_stop(&loop->prepare);
	loop->armed_ns = THECA_NEVER;
	uv_timer_start(&loop->timer, on_wait_over, (uint64_t)(wall_ns / 1000000), 0);
	while (!done(loop->bench) && loop->armed_ns) {
		if (loop->bench->journal)
			journal_flush(loop->bench->journal);
		if (!done(loop->bench))
			uv_run(loop->bench->loop, UV_RUN_ONCE);
	}
	uv_timer_stop(&loop->timer);
	uv_prepare_start(&loop->prepare, before_sleep);
}

int loop_close(struct loop *loop)
{
	uv_loop_t *uv = loop->bench->loop;
	uv_handle_t *const handles[] = {(uv_handle_t *)&loop->timer, (uv_handle_t *)&loop->gather,
		(uv_handle_t *)&loop->prepare,
		(uv_handle_t *)&loop->interrupt, (uv_handle_t *)&loop->terminate,
		(uv_handle_t *)&loop->hangup};

	for (size_t i = 0; i < sizeof handles / sizeof *handles; i++)
		uv_close(handles[i], NULL);
	for (int turns = 0; turns < 100 && uv_loop_alive(uv); turns++)
		uv_run(uv, UV_RUN_NOWAIT);
	uv_run(uv, UV_RUN_NOWAIT);
	return uv_loop_close(uv);
}
