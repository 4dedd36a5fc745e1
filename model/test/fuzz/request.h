/* request.h: what the fuzz targets that link share: bytes that ask for a link.
   Three bytes choose options, the next how many inputs there are, whether they
   are as in an archive, and what a loader has to do with the module; then come
   two bytes each with the sizes of the first two, and the inputs. */

#ifndef LINKSPEC_FUZZ_REQUEST_H
#define LINKSPEC_FUZZ_REQUEST_H

#include "../../model.h"

enum { MAX_INPUTS = 3, HEADER = 4 + 2 * (MAX_INPUTS - 1) };

/* Names that the seeds define and refer to. */
static const char *words[] = {"f", "g", "run", "d", "__heap_base"};

static Names some_names(bool wanted) {
  return (Names){words, wanted ? sizeof words / sizeof *words : 0};
}

static void choose_symbols(Options *o, u8 bits) {
  o->entry = NULL;
  o->export_all = bits & 1;
  o->gc_sections = !(bits & 2);
  o->unresolved = bits & 4 ? UNRESOLVED_IGNORE : UNRESOLVED_REPORT;
  o->import_undefined = bits & 8;
  o->wrap = some_names(bits & 16);
  o->exports_if_defined = some_names(bits & 32);
  o->allow_undefined = some_names(bits & 64);
  o->allow_multiple_definition = bits & 128;
}

static void choose_output(Options *o, u8 bits) {
  o->relocatable = bits & 1;
  o->emit_relocs = bits & 2;
  o->compress_relocations = o->strip_debug = bits & 4;
  o->strip_all = bits & 8;
  o->merge_data_segments = !(bits & 16) && !o->relocatable;
  o->optimize = bits & 32 ? 0 : 1;
  o->layout = bits & 64 ? LAYOUT_ZIG : LAYOUT_LLD;
  /* What is told beside the module. */
  o->map = o->why_extract = o->trace = o->print_gc_sections = o->build_id =
      bits & 128;
  o->trace_symbols = some_names(bits & 128);
}

static void choose_memory(Options *o, u8 bits) {
  o->import_memory = bits & 1;
  o->export_memory = !(bits & 1);
  o->shared_memory = bits & 2;
  o->wasm64 = bits & 4;
  o->check_features = !(bits & 8);
  o->import_table = bits & 16;
  o->growable_table = o->export_table = bits & 32;
  o->stack_first = !(bits & 64);
  o->page_size = bits & 128 ? 1 : WASM_PAGE_SIZE;
}

static const char *sums[] = {"extended-const"};

/* The upper half of the byte. */
static void choose_loading(Options *o, u8 bits) {
  o->shared = bits & 16;
  o->pie = bits & 32 && !o->shared;
  if (bits & 64)
    o->unresolved = UNRESOLVED_IMPORT;
  if (bits & 128)
    o->extra_features = (Names){sums, 1};
  o->export_dynamic = o->shared;
  o->symbolic = o->shared && o->stack_first;
}

static Options choose_options(const u8 *bits) {
  Options o = options_default();
  choose_symbols(&o, bits[0]);
  choose_output(&o, bits[1]);
  choose_memory(&o, bits[2]);
  choose_loading(&o, bits[3]);
  return o;
}

/* Fills a request whose inputs have room; false where the bytes ask for none.
 */
static bool ask(const u8 *data, size_t size, Input inputs[MAX_INPUTS],
                Request *request) {
  if (size < HEADER)
    return false;
  *request = (Request){.inputs = inputs, .options = choose_options(data)};
  u32 n = (data[3] & 3) % MAX_INPUTS + 1;
  const u8 *sizes = data + 4, *p = data + HEADER;
  for (u32 i = 0; i < n; i++) {
    size_t left = (size_t)(data + size - p), take = left;
    if (i + 1 < n) {
      size_t wanted = sizes[2 * i] | (size_t)sizes[2 * i + 1] << 8;
      take = wanted < left ? wanted : left;
    }
    inputs[request->ninputs++] = (Input){.path = "fuzz",
                                         .bytes = p,
                                         .size = take,
                                         .whole_archive = data[3] & 4,
                                         .lazy = data[3] & 8,
                                         .dynamic = true};
    p += take;
  }
  return true;
}

#endif
