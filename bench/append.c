/* SPDX-License-Identifier: Apache-2.0 */
/* Appends records of 128 bytes to a file, fdatasync after each: what the disk allows. append FILE SECONDS */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MOST 1000000

static uint32_t times_ns[MOST];

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static const char record[128] = "x";
	int fd = argc == 3 ? open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644) : -1;
	size_t count = 0;

	if (fd < 0)
		return 1;
	int64_t ends_ns = now_ns() + (int64_t)(atof(argv[2]) * 1e9), at_ns;
	do {
		at_ns = now_ns();
		if (write(fd, record, sizeof record) != sizeof record || fdatasync(fd))
			return 1;
		times_ns[count++] = (uint32_t)(now_ns() - at_ns);
	} while (at_ns < ends_ns && count < MOST);
	qsort(times_ns, count, sizeof *times_ns, by_size);
	printf("rate=%.0f p50=%.2f p99=%.2f\n", (double)count / atof(argv[2]), times_ns[count / 2] / 1e3,
		times_ns[count * 99 / 100] / 1e3);
	return 0;
}
