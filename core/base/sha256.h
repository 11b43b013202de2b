/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4): names files in reports. Ours, so that the core links no crypto library. */
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>
#include <stdint.h>

struct sha256 {
	uint32_t state[8];
	uint64_t size; /* bytes so far */
	uint8_t block[64];
};

void sha256_init(struct sha256 *);
void sha256_update(struct sha256 *, const void *bytes, size_t size);
void sha256_finish(struct sha256 *, uint8_t digest[32]);

#endif
