/* judge_run.c: what a function of the linker's own does, by evaluating it.

   Such functions are straight: constants, parameters and globals go in, calls,
   stores and copies come out, in an order.  There are no loops.  Branches are
   followed, since their conditions are known: the one thing that is read from
   memory is a flag, whose value the caller gives.

   Rule of thumb: what cannot be evaluated makes the run unclear, never
   wrong. */

#include "judge_parts.h"

bool is_const(Known k, u64 n) {
  return k.kind == VALUE_CONST && k.base == BASE_NONE && k.n == n;
}

bool is_address(const Judge *j, Known k) {
  return k.kind == VALUE_CONST &&
         k.base == (is_pic(j->l) ? BASE_MEMORY : BASE_NONE);
}

bool is_place(const Judge *j, Known k, u64 n) {
  return is_address(j, k) && k.n == n;
}

enum {
  OP_UNREACHABLE = 0x00,
  OP_NOP = 0x01,
  OP_BLOCK = 0x02,
  OP_LOOP = 0x03,
  OP_IF = 0x04,
  OP_ELSE = 0x05,
  OP_END = 0x0b,
  OP_BR = 0x0c,
  OP_BR_IF = 0x0d,
  OP_BR_TABLE = 0x0e,
  OP_RETURN = 0x0f,
  OP_CALL = 0x10,
  OP_DROP = 0x1a,
  OP_LOCAL_GET = 0x20,
  OP_LOCAL_SET = 0x21,
  OP_LOCAL_TEE = 0x22,
  OP_GLOBAL_GET = 0x23,
  OP_GLOBAL_SET = 0x24,
  OP_I32_STORE = 0x36,
  OP_I64_STORE = 0x37,
  OP_I32_CONST = 0x41,
  OP_I64_CONST = 0x42,
  OP_I32_ADD = 0x6a,
  OP_I64_ADD = 0x7c,
  OP_I32_WRAP_I64 = 0xa7,
  OP_I64_EXTEND_I32_U = 0xad,
  OP_MEMORY_INIT = DEC_OPCODE(0xfc, 8),
  OP_DATA_DROP = DEC_OPCODE(0xfc, 9),
  OP_MEMORY_FILL = DEC_OPCODE(0xfc, 11),
  OP_NOTIFY = DEC_OPCODE(0xfe, 0),
  OP_WAIT32 = DEC_OPCODE(0xfe, 1),
  OP_ATOMIC_LOAD = DEC_OPCODE(0xfe, 0x10),
  OP_ATOMIC_STORE = DEC_OPCODE(0xfe, 0x17),
  OP_CMPXCHG = DEC_OPCODE(0xfe, 0x48)
};

typedef struct Machine {
  Judge *j;
  Run *run;
  DecCursor c;
  u32 depth; /* blocks that are open, without the body */
  u32 nparams;
  Known *locals;
  u32 nlocals;
  bool done;
} Machine;

static void unclear(Machine *m, const char *why) {
  m->run->unclear = why;
  m->done = true;
}

static Known constant(u8 type, u64 n) {
  return (Known){.kind = VALUE_CONST, .type = type, .n = n};
}

static Known unknown(u8 type) {
  return (Known){.type = type};
}

static void push(Machine *m, Known k) {
  VEC_PUSH(m->j->l, m->run->stack, k);
}

static Known pop_any(Machine *m) {
  if (m->run->stack.n)
    return m->run->stack.p[--m->run->stack.n];
  unclear(m, "an operand is missing");
  return (Known){0};
}

static Known pop(Machine *m, u8 type) {
  Known k = pop_any(m);
  if (k.type != type)
    unclear(m, "an operand of another type");
  return k;
}

static Known pop_i32(Machine *m) {
  return pop(m, WASM_TYPE_I32);
}

static Known pop_pointer(Machine *m) {
  return pop(m, pointer_type(m->j->l));
}

static Event *event(Machine *m, EventKind kind, u32 index, u64 out) {
  VEC_PUSH(m->j->l, m->run->events,
           ((Event){.kind = kind, .index = index, .out = out}));
  return &m->run->events.p[m->run->events.n - 1];
}

/* -- blocks -- */

/* Goes on behind the end of the block that is `label` blocks out. */
static void branch(Machine *m, u64 label) {
  DecInstr i;
  if (label >= m->depth) {
    m->done = true; /* that is the body */
    return;
  }
  u64 ends = label + 1;
  while (ends && decode_instr(&m->c, &i)) {
    if (i.letters[0] == 'b')
      ends++;
    else if (i.opcode == OP_END)
      ends--;
  }
  m->depth -= (u32)label + 1;
}

/* Goes on behind the else or the end of this block. */
static void skip_then(Machine *m) {
  DecInstr i;
  for (u32 depth = 1; decode_instr(&m->c, &i);) {
    if (i.letters[0] == 'b')
      depth++;
    else if (i.opcode == OP_END && --depth == 0) {
      m->depth--;
      return;
    } else if (i.opcode == OP_ELSE && depth == 1)
      return;
  }
}

static void br_table(Machine *m, const DecInstr *i) {
  Known k = pop_i32(m);
  if (k.kind != VALUE_CONST) {
    unclear(m, "a branch on a value that is not known");
    return;
  }
  DecList list = decode_list(m->j->m->bytes, i);
  DecImm imm, label = {0};
  for (u64 n = 0; decode_list_next(&list, &imm); n++)
    if (n <= (u32)k.n)
      label = imm;
  branch(m, label.value);
}

static void br_if(Machine *m, const DecInstr *i, bool then) {
  Known k = pop_i32(m);
  if (k.kind != VALUE_CONST)
    unclear(m, "a branch on a value that is not known");
  else if (then) {
    m->depth++;
    if (!(u32)k.n)
      skip_then(m);
  } else if ((u32)k.n)
    branch(m, i->imm[0].value);
}

/* -- the rest -- */

static void add(Machine *m, u8 type) {
  Known b = pop(m, type), a = pop(m, type);
  if (a.kind == VALUE_CONST && b.kind == VALUE_GLOBAL) {
    Known swap = a;
    a = b;
    b = swap;
  }
  if (b.base) { /* a base and a number, in whatever order */
    Known swap = a;
    a = b;
    b = swap;
  }
  bool known = b.kind == VALUE_CONST && b.base == BASE_NONE &&
               (a.kind == VALUE_CONST || a.kind == VALUE_GLOBAL);
  a.n += b.n;
  if (type == WASM_TYPE_I32)
    a.n = (u32)a.n;
  push(m, known ? a : unknown(type));
}

/* A pointer that is to be stored in a field of another width. */
static void resize(Machine *m, u8 from, u8 to) {
  Known k = pop(m, from);
  k.type = to;
  push(m, k);
}

static void call(Machine *m, const DecInstr *i) {
  u32 index = (u32)i->imm[0].value;
  if (index >= m->j->m->func_count) {
    unclear(m, "a call of nothing");
    return;
  }
  const DecType *t = &m->j->m->types[m->j->m->funcs[index].type];
  Known *params = NEW_ARRAY(m->j->l, Known, t->param_count);
  for (u32 k = t->param_count; k-- > 0;)
    params[k] = pop(m, t->params[k]);
  u32 n = m->run->events.n;
  Event *e = event(m, EVENT_CALL, index, i->offset);
  e->params = params;
  e->nparams = t->param_count;
  for (u32 k = 0; k < t->result_count; k++)
    push(m, (Known){VALUE_RESULT, t->results[k], 0, k, n});
}

/* The flag's cell: the only memory that is read. */
static bool is_flag(Machine *m, Known address) {
  if (!is_address(m->j, address)) {
    unclear(m, "an atomic access to an address that is not known");
    return false;
  }
  if (m->run->flag_used && m->run->flag_address != address.n) {
    unclear(m, "atomic accesses to two addresses");
    return false;
  }
  m->run->flag_used = true;
  m->run->flag_address = address.n;
  return true;
}

static void cmpxchg(Machine *m, u64 offset) {
  Known new = pop_i32(m), expected = pop_i32(m), address = pop_pointer(m);
  address.n += offset;
  if (!is_flag(m, address))
    return;
  u32 old = m->run->flag;
  if (expected.kind != VALUE_CONST || new.kind != VALUE_CONST)
    unclear(m, "a flag of unknown value");
  else if (old == (u32)expected.n)
    m->run->flag = m->run->working = (u32) new.n;
  push(m, constant(WASM_TYPE_I32, old));
}

static void three(Machine *m, const DecInstr *i, EventKind kind, u8 last) {
  Known c = pop(m, last), b = pop_i32(m), a = pop_pointer(m);
  u32 index = kind == EVENT_INIT ? (u32)i->imm[0].value : 0;
  Event *e = event(m, kind, index, i->offset);
  e->args[0] = a;
  e->args[1] = b;
  e->args[2] = c;
}

static void store(Machine *m, const DecInstr *i) {
  Known value =
      pop(m, i->opcode == OP_I32_STORE ? WASM_TYPE_I32 : WASM_TYPE_I64);
  Known address = pop_pointer(m);
  if (i->imm[0].value > (i->opcode == OP_I32_STORE ? 2 : 3))
    unclear(m, "more than its natural alignment");
  address.n += i->imm[i->imm_count - 1].value;
  Event *e = event(m, EVENT_STORE, 0, i->offset);
  e->args[0] = address;
  e->args[1] = value;
}

static void set_local(Machine *m, u64 index, bool keep) {
  Known k = pop_any(m);
  if (index >= m->nlocals || k.type != m->locals[index].type) {
    unclear(m, "a local that is not there");
    return;
  }
  m->locals[index] = k;
  if (keep)
    push(m, k);
}

static void notify(Machine *m, const DecInstr *i, u64 offset) {
  Known count = pop_i32(m), address = pop_pointer(m);
  address.n += offset;
  Event *e = event(m, EVENT_NOTIFY, 0, i->offset);
  e->args[0] = address;
  e->args[1] = count;
  push(m, unknown(WASM_TYPE_I32));
}

static void wait(Machine *m, const DecInstr *i, u64 offset) {
  Known time = pop(m, WASM_TYPE_I64), value = pop_i32(m),
        address = pop_pointer(m);
  address.n += offset;
  Event *e = event(m, EVENT_WAIT, 0, i->offset);
  e->args[0] = address;
  e->args[1] = value;
  e->args[2] = time;
  push(m, unknown(WASM_TYPE_I32));
}

static void load(Machine *m, u64 offset) {
  Known address = pop_pointer(m);
  address.n += offset;
  if (is_flag(m, address))
    push(m, constant(WASM_TYPE_I32, m->run->flag));
}

static void store_flag(Machine *m, const DecInstr *i, u64 offset) {
  Known value = pop_i32(m), address = pop_pointer(m);
  address.n += offset;
  if (!is_flag(m, address))
    return;
  if (value.kind != VALUE_CONST)
    unclear(m, "a flag of unknown value");
  m->run->flag = (u32)value.n;
  event(m, EVENT_FLAG, 0, i->offset)->args[0] = value;
}

static void atomic(Machine *m, const DecInstr *i) {
  u64 offset = i->imm[i->imm_count - 1].value;
  if (i->imm[0].value != 2) /* all of them are of 32 bits */
    unclear(m, "not its natural alignment");
  switch (i->opcode) {
  case OP_NOTIFY: notify(m, i, offset); break;
  case OP_WAIT32: wait(m, i, offset); break;
  case OP_ATOMIC_LOAD: load(m, offset); break;
  case OP_ATOMIC_STORE: store_flag(m, i, offset); break;
  default: cmpxchg(m, offset); break;
  }
}

static void global_set(Machine *m, const DecInstr *i, u32 index) {
  const DecModule *d = m->j->m;
  if (index >= d->global_count || !d->globals[index].is_mutable) {
    unclear(m, "a global that cannot be set");
    return;
  }
  Known k = pop(m, d->globals[index].type);
  event(m, EVENT_SET, index, i->offset)->args[0] = k;
}

static void global_get(Machine *m, u32 index) {
  const DecModule *d = m->j->m;
  Base base = loader_base(m->j, index);
  if (base != BASE_NONE)
    push(m, (Known){VALUE_CONST, d->globals[index].type, (u8)base, 0, 0});
  else if (index < d->global_count)
    push(m, (Known){VALUE_GLOBAL, d->globals[index].type, 0, index, 0});
  else
    unclear(m, "a global that is not there");
}

static void step(Machine *m, const DecInstr *i) {
  u32 index = i->imm_count ? (u32)i->imm[0].value : 0;
  switch (i->opcode) {
  case OP_UNREACHABLE:
    event(m, EVENT_TRAP, 0, i->offset);
    m->done = true;
    break;
  case OP_NOP: break;
  case OP_BLOCK: m->depth++; break;
  case OP_IF: br_if(m, i, true); break;
  case OP_ELSE: branch(m, 0); break; /* the end of a taken branch */
  case OP_END:
    if (m->depth)
      m->depth--;
    else
      m->done = true;
    break;
  case OP_BR: branch(m, index); break;
  case OP_BR_IF: br_if(m, i, false); break;
  case OP_BR_TABLE: br_table(m, i); break;
  case OP_RETURN: m->done = true; break;
  case OP_CALL: call(m, i); break;
  case OP_DROP: pop_any(m); break;
  case OP_LOCAL_GET:
    push(m, index < m->nlocals ? m->locals[index] : (Known){0});
    break;
  case OP_LOCAL_SET: set_local(m, index, false); break;
  case OP_LOCAL_TEE: set_local(m, index, true); break;
  case OP_GLOBAL_GET: global_get(m, index); break;
  case OP_GLOBAL_SET: global_set(m, i, index); break;
  case OP_I32_STORE:
  case OP_I64_STORE: store(m, i); break;
  case OP_I32_CONST:
    push(m, constant(WASM_TYPE_I32, (u32)i->imm[0].value));
    break;
  case OP_I64_CONST: push(m, constant(WASM_TYPE_I64, i->imm[0].value)); break;
  case OP_I32_ADD: add(m, WASM_TYPE_I32); break;
  case OP_I64_ADD: add(m, WASM_TYPE_I64); break;
  case OP_I32_WRAP_I64: resize(m, WASM_TYPE_I64, WASM_TYPE_I32); break;
  case OP_I64_EXTEND_I32_U: resize(m, WASM_TYPE_I32, WASM_TYPE_I64); break;
  case OP_MEMORY_INIT: three(m, i, EVENT_INIT, WASM_TYPE_I32); break;
  case OP_MEMORY_FILL: three(m, i, EVENT_FILL, pointer_type(m->j->l)); break;
  case OP_DATA_DROP: event(m, EVENT_DROP, index, i->offset); break;
  case OP_NOTIFY:
  case OP_WAIT32:
  case OP_ATOMIC_LOAD:
  case OP_ATOMIC_STORE:
  case OP_CMPXCHG: atomic(m, i); break;
  default: unclear(m, i->name); break;
  }
}

void run_function(Judge *j, u32 index, Run *run) {
  const DecFunc *f = &j->m->funcs[index];
  const DecType *t = &j->m->types[f->type];
  u64 n = t->param_count;
  for (u32 i = 0; i < f->local_groups; i++)
    n += f->locals[i].count;
  DecError error = {0};
  Machine m = {.j = j, .run = run, .c = decode_body(j->m, index, &error)};
  m.nlocals = n < 1000 ? (u32)n : 0; /* a function of the linker's has few */
  m.locals = NEW_ARRAY(j->l, Known, m.nlocals);
  for (u32 i = 0; i < m.nlocals; i++)
    m.locals[i] = i < t->param_count
                      ? (Known){VALUE_PARAM, t->params[i], 0, 0, i}
                      : (Known){0};
  u32 at = t->param_count;
  for (u32 i = 0; i < f->local_groups && m.nlocals; i++)
    for (u32 k = 0; k < f->locals[i].count; k++)
      m.locals[at++] = constant(f->locals[i].type, 0);
  DecInstr i;
  while (!m.done && decode_instr(&m.c, &i))
    step(&m, &i);
  bool trapped =
      run->events.n && run->events.p[run->events.n - 1].kind == EVENT_TRAP;
  if (!run->unclear && !trapped && run->stack.n != t->result_count)
    run->unclear = "operands are left over";
}
