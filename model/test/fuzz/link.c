/* link.c: fuzz target: a whole link.  The first byte chooses options, the
   second how many inputs the rest is cut into: each cut is a byte that says
   how much of what is left goes to the input, in 1/256.

   A link must end in a module or in an error, and twice in the same. */

#include <stdlib.h>
#include <string.h>

#include "../../model.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

enum { MAX_INPUTS = 3 };

static Options choose_options(u8 bits) {
  Options o = options_default();
  o.entry = NULL;
  o.export_all = bits & 1;
  o.gc_sections = !(bits & 2);
  o.unresolved = bits & 4 ? UNRESOLVED_IGNORE : UNRESOLVED_REPORT;
  o.import_undefined = bits & 8;
  o.import_memory = bits & 16;
  o.export_memory = !(bits & 16);
  o.check_features = !(bits & 32);
  o.import_table = bits & 64;
  o.stack_first = !(bits & 128);
  o.allow_multiple_definition = bits & 128;
  return o;
}

static Link *link_once(const Request *request) {
  Link *l = link_new(request);
  if (l)
    link_run(l, STAGE_EMIT);
  return l;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size) {
  Input inputs[MAX_INPUTS];
  Request request = {.inputs = inputs};
  if (size < 2 + MAX_INPUTS)
    return 0;
  request.options = choose_options(data[0]);
  u32 n = data[1] % MAX_INPUTS + 1;
  const u8 *cuts = data + 2, *p = data + 2 + MAX_INPUTS;
  for (; request.ninputs < n; request.ninputs++) {
    size_t left = (size_t)(data + size - p);
    size_t take =
        request.ninputs + 1 == n ? left : left * cuts[request.ninputs] / 256;
    inputs[request.ninputs] = (Input){.path = "fuzz",
                                      .bytes = p,
                                      .size = take,
                                      .whole_archive = cuts[0] & 1,
                                      .lazy = cuts[1] & 1};
    p += take;
  }
  Link *a = link_once(&request), *b = link_once(&request);
  if (a && b) {
    size_t na, nb;
    const u8 *pa = link_output(a, &na), *pb = link_output(b, &nb);
    if (na != nb || (na && memcmp(pa, pb, na) != 0))
      abort();
  }
  link_free(a);
  link_free(b);
  return 0;
}
