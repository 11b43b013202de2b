/* SPDX-License-Identifier: Apache-2.0 */
/* dlopen of each file named, nothing more; prints microseconds of CPU time for each. open FILE... */
#include <dlfcn.h>
#include <stdio.h>
#include <time.h>

static double cpu_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
	double began_us = cpu_us();

	for (int i = 1; i < argc; i++)
		if (!dlopen(argv[i], RTLD_NOW | RTLD_LOCAL)) {
			fprintf(stderr, "%s\n", dlerror());
			return 1;
		}
	printf("%.2f\n", (cpu_us() - began_us) / (argc > 1 ? argc - 1 : 1));
	return 0;
}
