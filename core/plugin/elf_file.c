/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin/elf_file.h"

#include <link.h>
#include <string.h>

/* The head of our own file, by the linker: what is our kind loads, whatever machine this is. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

/* `count` rows of `row` bytes from `offset` on lie within the file. */
static bool within(const struct elf *elf, uint64_t offset, uint64_t count, uint64_t row)
{
	uint64_t bytes;
	return !__builtin_mul_overflow(count, row, &bytes) && offset <= elf->size &&
	       bytes <= elf->size - offset;
}

/* Copied out, because nothing says that an offset is aligned. */
static void fetch(const struct elf *elf, uint64_t offset, uint64_t index, void *row, size_t size)
{
	memcpy(row, elf->bytes + offset + index * size, size);
}

static const char *check_head(const struct elf *elf, ElfW(Ehdr) * head)
{
	if (elf->size < sizeof *head || memcmp(elf->bytes, ELFMAG, SELFMAG))
		return "not an ELF file";
	fetch(elf, 0, 0, head, sizeof *head);
	if (head->e_ident[EI_CLASS] != __ehdr_start.e_ident[EI_CLASS] ||
		head->e_ident[EI_DATA] != __ehdr_start.e_ident[EI_DATA] ||
		head->e_machine != __ehdr_start.e_machine)
		return "built for another machine";
	if (head->e_type != ET_DYN)
		return "not a shared object";
	if (head->e_phentsize != sizeof(ElfW(Phdr)) || head->e_shentsize != sizeof(ElfW(Shdr)))
		return "damaged: its header tables have rows of another size";
	return NULL;
}

static const char *check_segments(struct elf *elf, const ElfW(Ehdr) * head)
{
	elf->segments = head->e_phoff;
	elf->segment_count = head->e_phnum;
	if (!within(elf, elf->segments, elf->segment_count, sizeof(ElfW(Phdr))))
		return "cut off: its program headers are missing";
	for (uint64_t i = 0; i < elf->segment_count; i++) {
		ElfW(Phdr) segment;
		fetch(elf, elf->segments, i, &segment, sizeof segment);
		if (segment.p_type == PT_LOAD &&
			!within(elf, segment.p_offset, segment.p_filesz, 1))
			return "cut off: a part that is to be loaded is missing";
	}
	return NULL;
}

static const char *find_strings(struct elf *elf, const ElfW(Ehdr) * head, uint32_t link)
{
	ElfW(Shdr) section;
	if (link >= head->e_shnum)
		return "damaged: its symbols have no names";
	fetch(elf, head->e_shoff, link, &section, sizeof section);
	if (!section.sh_size || !within(elf, section.sh_offset, section.sh_size, 1) ||
		elf->bytes[section.sh_offset + section.sh_size - 1])
		return "damaged: its symbols have no names";
	elf->strings = section.sh_offset;
	elf->strings_size = section.sh_size;
	return NULL;
}

static const char *find_symbols(struct elf *elf, const ElfW(Ehdr) * head)
{
	if (!within(elf, head->e_shoff, head->e_shnum, sizeof(ElfW(Shdr))))
		return "cut off: its section headers are missing";
	for (uint64_t i = 0; i < head->e_shnum; i++) {
		ElfW(Shdr) section;
		fetch(elf, head->e_shoff, i, &section, sizeof section);
		if (section.sh_type != SHT_DYNSYM)
			continue;
		elf->symbols = section.sh_offset;
		elf->symbol_count = section.sh_size / sizeof(ElfW(Sym));
		if (!within(elf, elf->symbols, elf->symbol_count, sizeof(ElfW(Sym))))
			return "damaged: its symbols lie outside the file";
		return find_strings(elf, head, section.sh_link);
	}
	return NULL; /* it exports nothing */
}

const char *elf_open(struct elf *elf, const uint8_t *bytes, size_t size)
{
	ElfW(Ehdr) head;
	*elf = (struct elf){.bytes = bytes, .size = size};
	const char *why = check_head(elf, &head);
	if (!why)
		why = check_segments(elf, &head);
	return why ? why : find_symbols(elf, &head);
}

/* The bytes of an address range, NULL when the file does not hold all of them. */
static const uint8_t *data_at(const struct elf *elf, uint64_t address, uint64_t size)
{
	for (uint64_t i = 0; i < elf->segment_count; i++) {
		ElfW(Phdr) segment;
		fetch(elf, elf->segments, i, &segment, sizeof segment);
		if (segment.p_type != PT_LOAD || address < segment.p_vaddr)
			continue;
		uint64_t offset = address - segment.p_vaddr;
		if (offset <= segment.p_filesz && size <= segment.p_filesz - offset)
			return elf->bytes + segment.p_offset + offset;
	}
	return NULL;
}

static bool exported(const ElfW(Sym) * symbol)
{
	unsigned bind = ELF64_ST_BIND(symbol->st_info);
	return symbol->st_shndx != SHN_UNDEF && (bind == STB_GLOBAL || bind == STB_WEAK) &&
	       ELF64_ST_VISIBILITY(symbol->st_other) == STV_DEFAULT;
}

bool elf_next(const struct elf *elf, const char *prefix, uint64_t *at, struct elf_symbol *found)
{
	size_t length = strlen(prefix);
	while (*at < elf->symbol_count) {
		ElfW(Sym) symbol;
		fetch(elf, elf->symbols, (*at)++, &symbol, sizeof symbol);
		if (!exported(&symbol) || symbol.st_name >= elf->strings_size)
			continue;
		const char *name = (const char *)elf->bytes + elf->strings + symbol.st_name;
		if (strncmp(name, prefix, length))
			continue;
		*found = (struct elf_symbol){.name = name,
			.size = symbol.st_size,
			.data = data_at(elf, symbol.st_value, symbol.st_size)};
		return true;
	}
	return false;
}
