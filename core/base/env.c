/* SPDX-License-Identifier: Apache-2.0 */
#include "base/env.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/sha256.h"

/* -- clocks and chance ------------------------------------------------------------------------ */

static int64_t clock_ns(clockid_t which)
{
	struct timespec now;
	clock_gettime(which, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t env_boot_ns(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

int64_t env_wall_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

/* The name's FNV-1a joins a seed that is mixed already, so that seeds 1 and 2 have nothing in
 * common. */
void env_random_init(struct env_random *random, uint64_t seed, const char *name)
{
	uint64_t hash = 0xcbf29ce484222325u;
	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
	random->state = seed;
	random->state = env_random_next(random) ^ hash;
}

uint64_t env_random_next(struct env_random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* -- files ------------------------------------------------------------------------------------ */

static int close_with(int file, int result)
{
	int failed = close(file) ? -errno : 0;
	return result < 0 ? result : failed;
}

/* Reads until `size` bytes or the end; how many, or -errno. */
static ssize_t read_fully(int file, void *into, size_t size)
{
	size_t done = 0;
	while (done < size) {
		ssize_t got = read(file, (char *)into + done, size - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

static int write_fully(int file, const char *bytes, size_t size)
{
	while (size) {
		ssize_t put = write(file, bytes, size);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		bytes += put;
		size -= (size_t)put;
	}
	return 0;
}

/* Grows as it reads: the size that a file in /proc or a pipe tells is no size. */
static int read_growing(int file, size_t most, char **bytes, size_t *size)
{
	struct stat about;
	if (fstat(file, &about))
		return -errno;
	if (S_ISREG(about.st_mode) && (uint64_t)about.st_size > most)
		return -EFBIG;
	size_t room =
		about.st_size > 0 && (uint64_t)about.st_size <= most ? (size_t)about.st_size : 4095;
	for (*size = 0;; room *= 2) {
		char *grown = realloc(*bytes, room + 1);
		if (!grown)
			return -ENOMEM;
		*bytes = grown;
		ssize_t got = read_fully(file, grown + *size, room + 1 - *size);
		if (got < 0)
			return (int)got;
		*size += (size_t)got;
		if (*size > most)
			return -EFBIG;
		if (*size <= room)
			break;
	}
	(*bytes)[*size] = 0;
	return 0;
}

char *env_read_file(const char *path, size_t most, size_t *size)
{
	char *bytes = NULL;
	size_t length = 0;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return NULL;
	int error = close_with(file, read_growing(file, most, &bytes, &length));
	if (error) {
		free(bytes);
		errno = -error;
		return NULL;
	}
	if (size)
		*size = length;
	return bytes;
}

/* A rename is on disk once its folder is. */
static int sync_folder_of(const char *path)
{
	char folder[PATH_MAX];
	const char *stroke = strrchr(path, '/');
	if (stroke)
		snprintf(folder, sizeof folder, "%.*s", (int)(stroke - path + 1), path);
	int file = open(stroke ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	int failed = fsync(file) ? -errno : 0;
	/* Some file systems know no such thing; then there is nothing to wait for either. */
	return close_with(file, failed == -EINVAL ? 0 : failed);
}

static int write_synced(const char *path, const void *bytes, size_t size)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (file < 0)
		return -errno;
	int error = write_fully(file, bytes, size);
	if (!error && fsync(file))
		error = -errno;
	return close_with(file, error);
}

int env_write_file(const char *path, const void *bytes, size_t size)
{
	char beside[PATH_MAX];
	int length = snprintf(beside, sizeof beside, "%s.%ld.new", path, (long)getpid());
	if (length < 0 || (size_t)length >= sizeof beside)
		return -ENAMETOOLONG;
	int error = write_synced(beside, bytes, size);
	if (!error && rename(beside, path))
		error = -errno;
	if (error) {
		unlink(beside);
		return error;
	}
	return sync_folder_of(path);
}

static int make_one_folder(const char *path)
{
	struct stat about;
	if (!mkdir(path, 0777))
		return 0;
	int error = -errno;
	if (stat(path, &about))
		return error;
	return S_ISDIR(about.st_mode) ? 0 : -ENOTDIR;
}

int env_make_folder(const char *path)
{
	char part[PATH_MAX];
	size_t length = strnlen(path, sizeof part);
	if (!length)
		return -ENOENT;
	if (length == sizeof part)
		return -ENAMETOOLONG;
	memcpy(part, path, length + 1);
	for (char *stroke = part + 1; (stroke = strchr(stroke, '/')); stroke++) {
		*stroke = 0;
		int error = make_one_folder(part);
		if (error)
			return error;
		*stroke = '/';
	}
	return make_one_folder(part);
}

static void write_hex(struct sha256 *hash, char out[65])
{
	uint8_t digest[32];
	sha256_finish(hash, digest);
	for (unsigned i = 0; i < 32; i++) {
		out[2 * i] = "0123456789abcdef"[digest[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
	}
	out[64] = 0;
}

int env_hash_file(const char *path, char out[65])
{
	char chunk[32768];
	ssize_t got;
	struct sha256 hash;
	sha256_init(&hash);
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	while ((got = read_fully(file, chunk, sizeof chunk)) > 0)
		sha256_update(&hash, chunk, (size_t)got);
	write_hex(&hash, out);
	return close_with(file, (int)got);
}

void env_hash(const void *bytes, size_t size, char out[65])
{
	struct sha256 hash;
	sha256_init(&hash);
	sha256_update(&hash, bytes, size);
	write_hex(&hash, out);
}

/* -- calendar --------------------------------------------------------------------------------- */

struct date {
	int64_t year;
	unsigned month, day;
};

/* Days since 1970-01-01 in the Gregorian calendar. Years begin in March, so that the leap day is
 * the last of its year, and 400 of them have 146097 days. */
static int64_t days_of(struct date date)
{
	int64_t year = date.year - (date.month <= 2);
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	unsigned of_era = (unsigned)(year - era * 400);
	unsigned of_year = (153 * ((date.month + 9) % 12) + 2) / 5 + date.day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct date date_of(int64_t days)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	unsigned of_era = (unsigned)(days - era * 146097);
	unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
	unsigned march = (5 * of_year + 2) / 153;
	unsigned month = march < 10 ? march + 3 : march - 9;
	return (struct date){
		year + era * 400 + (month <= 2), month, of_year - (153 * march + 2) / 5 + 1};
}

static char *put_digits(char *at, unsigned value, unsigned digits)
{
	for (unsigned i = digits; i--; value /= 10)
		at[i] = (char)('0' + value % 10);
	return at + digits;
}

static char *put_pair(char *at, unsigned value, char after)
{
	at[0] = (char)('0' + value / 10);
	at[1] = (char)('0' + value % 10);
	at[2] = after;
	return at + 3;
}

size_t env_format_time(int64_t unix_ns, unsigned digits, char out[32])
{
	const int64_t day_ns = INT64_C(86400000000000);
	int64_t days = unix_ns / day_ns - (unix_ns % day_ns < 0);
	uint64_t of_day_ns = (uint64_t)unix_ns - (uint64_t)days * (uint64_t)day_ns;
	unsigned of_day_s = (unsigned)(of_day_ns / 1000000000);
	struct date date = date_of(days);
	char *at = put_digits(out, (unsigned)date.year, 4);
	*at++ = '-';
	at = put_pair(at, date.month, '-');
	at = put_pair(at, date.day, 'T');
	at = put_pair(at, of_day_s / 3600, ':');
	at = put_pair(at, of_day_s / 60 % 60, ':');
	at = put_pair(at, of_day_s % 60, '.');
	if (digits > 9)
		digits = 9;
	put_digits(at, (unsigned)(of_day_ns % 1000000000), 9);
	at += digits ? (int)digits : -1;
	*at++ = 'Z';
	*at = 0;
	return (size_t)(at - out);
}

/* Exactly so many digits, at most `most`. */
static bool take_digits(const char **text, unsigned digits, unsigned most, unsigned *value)
{
	*value = 0;
	for (; digits; digits--, ++*text) {
		if (**text < '0' || **text > '9')
			return false;
		*value = *value * 10 + (unsigned)(**text - '0');
	}
	return *value <= most;
}

static bool take(const char **text, char wanted)
{
	bool there = **text == wanted;
	*text += there;
	return there;
}

static bool take_date(const char **text, int64_t *days)
{
	static const unsigned month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	unsigned year, month, day;
	if (!take_digits(text, 4, 9999, &year) || !take(text, '-') ||
		!take_digits(text, 2, 12, &month) || !take(text, '-') ||
		!take_digits(text, 2, 31, &day) || !month || !day)
		return false;
	bool leap = year % 4 == 0 && (year % 100 || year % 400 == 0);
	*days = days_of((struct date){year, month, day});
	return day <= month_days[month - 1] + (leap && month == 2);
}

static bool take_fraction(const char **text, unsigned *ns)
{
	unsigned digits = 0;
	for (*ns = 0; digits < 9 && **text >= '0' && **text <= '9'; digits++, ++*text)
		*ns = *ns * 10 + (unsigned)(**text - '0');
	bool any = digits;
	for (; digits < 9; digits++)
		*ns *= 10;
	return any;
}

/* `08:00`, `08:00:30`, `08:00:30.250` */
static bool take_clock(const char **text, int64_t *of_day_ns)
{
	unsigned hour, minute, second = 0, ns = 0;
	if (!take_digits(text, 2, 23, &hour) || !take(text, ':') ||
		!take_digits(text, 2, 59, &minute))
		return false;
	if (take(text, ':') && (!take_digits(text, 2, 59, &second) ||
				       (take(text, '.') && !take_fraction(text, &ns))))
		return false;
	*of_day_ns = (int64_t)(hour * 3600 + minute * 60 + second) * 1000000000 + ns;
	return true;
}

int env_parse_time(const char *text, int64_t *unix_ns)
{
	int64_t days, of_day_ns = 0, ns;
	if (!take_date(&text, &days))
		return -EINVAL;
	if ((take(&text, 'T') || take(&text, ' ')) && !take_clock(&text, &of_day_ns))
		return -EINVAL;
	take(&text, 'Z');
	if (*text || __builtin_mul_overflow(days, INT64_C(86400000000000), &ns) ||
		__builtin_add_overflow(ns, of_day_ns, &ns))
		return -EINVAL;
	*unix_ns = ns;
	return 0;
}
