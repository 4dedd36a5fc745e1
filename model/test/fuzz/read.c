/* read.c: fuzz target: any bytes as one object or archive, linked with
   nothing else.  Finds what the reader lets through. */

#include "../../link.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size) {
  Input input = {.path = "fuzz", .bytes = data, .size = size};
  Request request = {
      .inputs = &input, .ninputs = 1, .options = options_default()};
  request.options.entry = NULL;
  Link *l = link_new(&request);
  if (l)
    link_run(l, STAGE_RESOLVE);
  link_free(l);
  return 0;
}
