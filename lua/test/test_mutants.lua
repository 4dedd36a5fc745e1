-- Tests of the mutants' library: C as tokens, the changes of a file, and how results are counted.

local explained = require "mutants.explained"
local sites = require "mutants.sites"
local tokens = require "mutants.tokens"

return function(T)
  local test = T.test

  -- The changes of C (or of a table) as lines "KIND `old` -> `new`".
  local function changes(source, name)
    local list = {}
    for i, m in ipairs(sites(name or "x.c", source)) do
      list[i] = ("%s `%s` -> `%s`"):format(m.kind, source:sub(m.from, m.to), m.new)
    end
    return list
  end

  local function has(source, ...)
    local found = {}
    for _, line in ipairs(changes(source)) do found[line] = true end
    for _, line in ipairs { ... } do
      assert(found[line], line .. " is not among: " .. table.concat(changes(source), "; "))
    end
  end

  local function none(source)
    local list = changes(source)
    assert(#list == 0, table.concat(list, "; "))
  end

  test("mutants: tokens know comments, strings, the preprocessor and lines", function()
    local list = tokens('#define A 1 + \\\n  2\nint a; /* b */ // c\nx = "d /* \\" e" <<= 0x1fu;')
    local words = {}
    for i, t in ipairs(list) do words[i] = t.line .. t.text end
    T.bytes(table.concat(words, " "), T.hex '3int 3a 3; 4x 4= 4"d /* \\" e" 4<<= 40x1fu 4;')
    list = tokens "f(a[1], (b))"
    assert(list[2].match == #list and list[#list].match == 2 and list[4].match == 6)
  end)

  test("mutants: operators, where they have two sides", function()
    has("int f(int a) { return a < 1 && !g; }", "operator `<` -> `<=`", "operator `<` -> `>=`",
      "operator `&&` -> `||`", "operator `!` -> ``")
    has("int f(void) { return a[1] - 1; }", "operator `-` -> `+`")
    none "void f(Link *l, const u8 *p) { Symbol *s = *p; return &s; }"
    none "u32 f(void) { return (u32)-x; }"
    none "char *f(const char *a) { const Other *b = (const Other *)&a; return -b; }"
  end)

  test("mutants: constants keep their form", function()
    has("static const int x[] = {0x10u};", "constant `0x10u` -> `0x11u`",
      "constant `0x10u` -> `0xfu`")
    has("bool f(void) { return true; }", "constant `true` -> `false`")
    has("enum { A = 4 };", "constant `4` -> `5`")
    assert(#changes "int f(void) { return 0; }" == 1, "nothing is below 0")
    none "struct s { u8 a[4]; unsigned b : 1; };"
    none 'const char *f(void) { return "1 + 1"; }'
  end)

  test("mutants: conditions are always true, or never", function()
    has("void f(void) { if (a(b)) g(); }", "condition `(a(b))` -> `(true)`",
      "condition `(a(b))` -> `(false)`")
    local list = changes "void f(void) { while (next()) {} }"
    assert(#list == 1 and list[1] == "condition `(next())` -> `(false)`", "a loop must end")
  end)

  test("mutants: statements are dropped, declarations are not", function()
    has("void f(void) { g(a, b); }", "statement `g(a, b);` -> `;`")
    has("void f(void) { if (a) *p = b; else c->d += e; }", "statement `*p = b;` -> `;`",
      "statement `c->d += e;` -> `;`")
    has("void f(int a) { switch (a) { case A: g(); break; } }", "statement `g();` -> `;`",
      "statement `break;` -> `;`")
    none "void f(void) { Symbol *s = find(a); u32 n = s->n; OutIndex i; return g(); }"
    none "void f(void) { assert(a < 1); }"
    local list = changes "void f(void) { for (i = a; b; c) g(); }"
    assert(#list == 1 and list[1] == "statement `g();` -> `;`", table.concat(list, "; "))
  end)

  test("mutants: rows of a table", function()
    local source = "RELOC(0, R_A, ENC_I32, T, V, B, 0, -1) /* [a-b] */\n"
      .. "RELOC(1, R_B, ENC_I64, T, V, B, 1, 0)\n"
    local list = changes(source, "relocs.def")
    T.bytes(table.concat(list, "\n"), T.hex(table.concat({
      "row `ENC_I32` -> `ENC_I64`", "row `0` -> `1`", "row `-1` -> `0`",
      "row `ENC_I64` -> `ENC_I32`", "row `1` -> `0`", "row `0` -> `1`" }, "\n")))
  end)

  -- The changes of a file of model/, as rows of mutants/explained.lua see them.
  local function mutants_of(name)
    local file = assert(io.open("model/" .. name))
    local source, lines = file:read("a"), {}
    file:close()
    for line in source:gmatch("[^\n]*") do lines[#lines + 1] = line:match("^%s*(.-)%s*$") end
    local list = sites(name, source)
    for _, m in ipairs(list) do
      m.file, m.text = name, lines[m.line]
      m.change = ("`%s` -> `%s`"):format(source:sub(m.from, m.to):gsub("%s+", " "), m.new)
    end
    return list, source
  end

  test("mutants: every change of the model is where it says", function()
    for _, name in ipairs { "place.c", "resolve.c", "reloc.c" } do
      local list, source = mutants_of(name)
      assert(#list > 100, name)
      for _, m in ipairs(list) do
        local _, before = source:sub(1, m.from - 1):gsub("\n", "\n")
        assert(m.line == before + 1 and m.to >= m.from and source:sub(m.from, m.to) ~= m.new)
      end
    end
  end)

  test("mutants: what is explained is there", function()
    local known = {}
    for _, row in ipairs(explained.rows) do
      local found = row.file == nil -- of any file
      if row.file then known[row.file] = known[row.file] or mutants_of(row.file) end
      for _, m in ipairs(known[row.file] or {}) do found = found or explained.fits(row, m) end
      assert(found, ("%s: no such change: %s"):format(row.file, row.text or row.like or row.func))
    end
  end)
end
