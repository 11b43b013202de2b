/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "report/figures.h"
#include "report/svg.h"
#include "report/xml.h"

#define CHART_WIDTH 860

static const char style[] =
	":root{--ink:#1c2430;--muted:#5a6472;--rule:#d5dbe1;--soft:#f5f7f9;--pass:#146c43;"
	"--fail:#a61c14;--skip:#6f5600}\n"
	"*{box-sizing:border-box}\n"
	"html{background:#fff;color:var(--ink);-webkit-print-color-adjust:exact;"
	"print-color-adjust:exact}\n"
	"body{font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',sans-serif;"
	"max-width:58rem;margin:0 auto;padding:2rem 1.5rem 4rem}\n"
	"h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem;font-weight:650}\n"
	"h2{font-size:1.2rem;margin:2.5rem 0 .75rem;padding-bottom:.3rem;font-weight:650;"
	"border-bottom:2px solid var(--ink)}\n"
	"h2 small{font-weight:400;font-size:.85rem;color:var(--muted);margin-left:.6rem}\n"
	"h3{font-size:.95rem;margin:1.4rem 0 .4rem;font-weight:650}\n"
	"h3 small{font-weight:400;font-size:.82rem;color:var(--muted);margin-left:.4rem}\n"
	".sources td{font-size:.78rem;color:var(--muted)}.sources .w{color:var(--ink)}\n"
	"h1,h2,h3,p,td,pre{overflow-wrap:anywhere}\n"
	"p{margin:.4rem 0}.muted{color:var(--muted)}\n"
	".banner{margin:1.1rem 0;padding:.5rem .8rem;border:1px solid var(--fail);"
	"border-left-width:6px;color:var(--fail);font-weight:600}\n"
	".banner span{font-weight:400;color:var(--ink)}\n"
	".cards{display:grid;grid-template-columns:repeat(4,1fr);gap:1px;background:var(--rule);"
	"border:1px solid var(--rule);margin:1.2rem 0}\n"
	".cards div{background:#fff;padding:.6rem .8rem}\n"
	".cards "
	"b{display:block;font-size:1.15rem;font-weight:650;font-variant-numeric:tabular-nums}\n"
	".cards span{font-size:.8rem;color:var(--muted)}\n"
	"table{border-collapse:collapse;width:100%;font-size:.87rem;margin:.3rem 0 1rem;"
	"font-variant-numeric:tabular-nums}\n"
	"th,td{text-align:left;vertical-align:top;padding:.32rem .6rem .32rem 0;"
	"border-bottom:1px solid var(--rule)}\n"
	"th{font-weight:600;color:var(--muted);font-size:.8rem;vertical-align:bottom}\n"
	"thead th{border-bottom:1px solid var(--muted)}\n"
	"td:last-child,th:last-child{padding-right:0}\n"
	".n{text-align:right;white-space:nowrap;padding-left:.6rem}\n"
	".w{white-space:nowrap}.high{color:var(--fail);font-weight:650}\n"
	".plain{width:auto}.plain th,.plain td{padding-right:1.8rem}\n"
	".pass,.fail,.skip{font-weight:650;white-space:nowrap}\n"
	".pass{color:var(--pass)}.fail{color:var(--fail)}.skip{color:var(--skip)}\n"
	".pass::before{content:'\\2713\\a0'}.fail::before{content:'\\2717\\a0'}"
	".skip::before{content:'\\2013\\a0'}\n"
	"tr.failed{background:#fdf0ee}\n"
	".groups{columns:2;column-gap:2.2rem}\n"
	".facts{break-inside:avoid;margin:0 0 1rem}.facts h3{margin:0 0 .2rem}\n"
	".facts table{margin:0;table-layout:fixed}\n"
	".facts th{width:38%;font-weight:400;vertical-align:top;font-size:.84rem}\n"
	".facts td,.facts th{padding-top:.18rem;padding-bottom:.18rem}\n"
	"figure{margin:.6rem 0 1.4rem;break-inside:avoid}\n"
	"figure svg{display:block;width:100%;height:auto}\n"
	"figcaption{font-size:.82rem;color:var(--muted);max-width:46rem;margin-top:.15rem}\n"
	"pre{font:12px/1.45 ui-monospace,'Liberation Mono',monospace;background:var(--soft);"
	"border:1px solid var(--rule);padding:.7rem .9rem;white-space:pre-wrap}\n"
	".sign{display:grid;grid-template-columns:1fr 1fr;gap:2.5rem;margin-top:3.2rem;"
	"break-inside:avoid}\n"
	".sign div{border-top:1px solid var(--ink);padding-top:.3rem;font-size:.82rem;"
	"color:var(--muted)}\n"
	"@media(max-width:40rem){.groups{columns:1}.cards{grid-template-columns:1fr 1fr}"
	".scroll{overflow-x:auto}}\n"
	"@page{size:A4;margin:16mm 15mm 18mm}\n"
	"@media "
	"print{html{font-size:9.5pt}body{font-size:9pt;max-width:none;padding:0}h2,h3{break-after:"
	"avoid}"
	"h2{margin-top:1.6rem}td,th{padding-top:.12rem;padding-bottom:.12rem}"
	".plain{break-inside:avoid}"
	"tr,.banner,.cards{break-inside:avoid}thead{display:table-header-group}"
	".procedure{break-before:page}.procedure h2{margin-top:0}.course{break-inside:avoid}"
	"figure{margin:.2rem 0 .3rem}h3{margin:.7rem 0 .3rem}.facts td,.facts "
	"th{padding-top:.08rem;padding-bottom:.08rem}pre{font-size:8pt}}\n";

void page_open(FILE *out, const char *title)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" "
	      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>",
		out);
	xml_text(out, title);
	fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", style);
}

void page_close(FILE *out)
{
	fputs("</body>\n</html>\n", out);
}

void page_section(FILE *out, const char *kind, const char *title, const char *aside)
{
	fprintf(out, "<section class=\"%s\">\n<h2>", kind);
	xml_text(out, title);
	if (aside && *aside) {
		fputs(" <small>", out);
		xml_text(out, aside);
		fputs("</small>", out);
	}
	fputs("</h2>\n", out);
}

void page_section_end(FILE *out)
{
	fputs("</section>\n", out);
}

void page_facts_open(FILE *out, const char *title, const char *aside)
{
	fputs("<div class=\"facts\">\n", out);
	if (title) {
		fputs("<h3>", out);
		xml_text(out, title);
		if (aside && *aside) {
			fputs(" <small>", out);
			xml_text(out, aside);
			fputs("</small>", out);
		}
		fputs("</h3>\n", out);
	}
	fputs("<table>\n", out);
}

void page_fact(FILE *out, const char *key, const char *value)
{
	fputs("<tr><th scope=\"row\">", out);
	xml_text(out, key);
	fputs("</th><td>", out);
	xml_figure(out, value);
	fputs("</td></tr>\n", out);
}

void page_facts_close(FILE *out)
{
	fputs("</table>\n</div>\n", out);
}

void page_cell(FILE *out, const char *class, const char *text)
{
	fprintf(out, *class ? "<td class=\"%s\">" : "<td>", class);
	xml_figure(out, text);
	fputs("</td>", out);
}

void page_result(FILE *out, const struct theca_verdict *verdict)
{
	const char *class = verdict->skipped ? "skip" : verdict->passed ? "pass" : "fail";
	page_cell(out, class, figure_result(verdict));
}

/* A figure: an optional sign, then digits; or nothing at all. */
static bool is_figure(const char *cell)
{
	cell += *cell == '-' || *cell == '+';
	return !*cell || isdigit((uint8_t)*cell);
}

static bool column_of_figures(const struct theca_table *table, uint32_t column)
{
	for (uint32_t row = 0; row < table->rows; row++)
		if (!is_figure(table->cells[(size_t)row * table->columns + column]))
			return false;
	return table->rows > 0;
}

static void table_head(FILE *out, const struct theca_table *table)
{
	fputs("<thead><tr>", out);
	for (uint32_t i = 0; i < table->columns; i++) {
		fputs(column_of_figures(table, i) ? "<th scope=\"col\" class=\"n\">"
						  : "<th scope=\"col\">",
			out);
		xml_text(out, table->heads[i]);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n", out);
}

/* Names and values, many of them: two columns on the page instead of a long, narrow table. */
static bool is_of_pairs(const struct theca_table *table)
{
	return table->columns == 2 && table->rows >= 6;
}

static void pairs(FILE *out, const struct theca_table *table, uint32_t from, uint32_t until)
{
	page_facts_open(out, NULL, NULL);
	for (uint32_t row = from; row < until; row++)
		page_fact(out, table->cells[2 * row], table->cells[2 * row + 1]);
	page_facts_close(out);
}

static void rows(FILE *out, const struct theca_table *table)
{
	fputs("<div class=\"scroll\"><table class=\"plain\">\n", out);
	table_head(out, table);
	for (uint32_t row = 0; row < table->rows; row++) {
		fputs("<tr>", out);
		for (uint32_t i = 0; i < table->columns; i++)
			page_cell(out, column_of_figures(table, i) ? "n" : "",
				table->cells[(size_t)row * table->columns + i]);
		fputs("</tr>\n", out);
	}
	fputs("</table></div>\n", out);
}

void page_table(FILE *out, const struct theca_table *table)
{
	fputs("<h3>", out);
	xml_text(out, table->title);
	fputs("</h3>\n", out);
	if (!is_of_pairs(table)) {
		rows(out, table);
		return;
	}
	fputs("<div class=\"groups\">\n", out);
	pairs(out, table, 0, (table->rows + 1) / 2);
	pairs(out, table, (table->rows + 1) / 2, table->rows);
	fputs("</div>\n", out);
}

void page_chart(FILE *out, const struct theca_chart *chart, int height)
{
	fputs("<figure>\n", out);
	svg_chart(out, chart, CHART_WIDTH, height);
	if (chart->caption) {
		fputs("<figcaption>", out);
		xml_text(out, chart->caption);
		fputs("</figcaption>\n", out);
	}
	fputs("</figure>\n", out);
}
