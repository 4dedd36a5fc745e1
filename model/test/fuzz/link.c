/* link.c: fuzz target: a whole link, as request.h reads it.

   A link must end in a module or in an error, and twice in the same.  What -r
   makes must be an object: the next link reads it. */

#include <stdlib.h>
#include <string.h>

#include "request.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static Link *link_once(const Request *request) {
  Link *l = link_new(request);
  if (l)
    link_run(l, STAGE_EMIT);
  return l;
}

static void read_again(const Request *request, const u8 *p, size_t n) {
  Input in = {.path = "again", .bytes = p, .size = n};
  Request again = {.inputs = &in, .ninputs = 1, .options = request->options};
  Link *l = link_new(&again);
  u32 ndiags = 0;
  const Diag *d = NULL;
  if (l && !link_run(l, STAGE_RESOLVE))
    d = link_diags(l, &ndiags);
  for (u32 i = 0; i < ndiags; i++)
    if (d[i].severity == SEVERITY_ERROR &&
        strcmp(diag_phase(d[i].id), "read") == 0)
      abort();
  link_free(l);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size) {
  Input inputs[MAX_INPUTS];
  Request request;
  if (!ask(data, size, inputs, &request))
    return 0;
  Link *a = link_once(&request), *b = link_once(&request);
  if (a && b) {
    size_t na, nb;
    const u8 *pa = link_output(a, &na), *pb = link_output(b, &nb);
    if (na != nb || (na && memcmp(pa, pb, na) != 0))
      abort();
    if (request.options.relocatable && na)
      read_again(&request, pa, na);
  }
  link_free(a);
  link_free(b);
  return 0;
}
