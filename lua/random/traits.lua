-- random/traits.lua: what a random link (plan.lua) has that may explain a difference.
--
-- Takes: a plan, or an item of one.  Gives: whether it has that.
-- Rule of thumb: what a shrunk plan has, its difference needs.

local traits = {}

local function items(p)
  local list = {}
  for _, o in ipairs(p.objects) do
    for _, item in ipairs(o.items) do list[#list + 1] = item end
  end
  return list
end

-- Whether an item of the plan is so.
function traits.any(p, test)
  for _, item in ipairs(items(p)) do
    if test(item) then return true end
  end
end

-- The type of what a function symbol names, through an alias.
local function signature(p, item)
  if item.kind == "func" then return item.sig end
  for _, other in ipairs(items(p)) do
    if item.kind == "alias" and other.id == item.of then return other.sig end
  end
end

-- Whether code or data of the object asks for a table slot; whether its code calls through one.
local function asks(o, forms)
  for _, item in ipairs(o.items) do
    for _, list in pairs { item.code or {}, item.pieces or {} } do
      for _, r in ipairs(list) do
        if r.form and forms:find(r.form, 1, true) then return true end
      end
    end
  end
end

-- One object marks the table as needed (NO_STRIP), another has mentioned it without.
function traits.table_mentioned_twice(p)
  local needs, mentions
  for _, o in ipairs(p.objects) do
    if asks(o, "slot slot64 slot_rel") then needs = true
    elseif asks(o, "indirect") then mentions = true end
  end
  return needs and mentions
end

-- Whether a name is defined twice, as functions of different signatures.
function traits.two_signatures(p)
  local seen = {}
  return traits.any(p, function(item)
    local sig = not item.undefined and not item.static and signature(p, item)
    if not sig then return false end
    local other = seen[item.name] and seen[item.name] ~= sig
    seen[item.name] = sig
    return other
  end)
end

-- Whether a name of data is referred to twice, once by a weak reference.
function traits.weak_and_strong_data(p)
  local weak = {}
  traits.any(p, function(item)
    if item.kind == "data" and item.undefined and item.weak then weak[item.name] = true end
  end)
  return traits.any(p, function(item)
    return item.kind == "data" and item.undefined and not item.weak and weak[item.name]
  end)
end

-- Whether an option begins so.
function traits.any_option(p, word)
  for _, option in ipairs(p.options) do
    if option[1]:sub(1, #word) == word then return true end
  end
end

function traits.keeps_relocations(p)
  return traits.any_option(p, "-r") or traits.any_option(p, "--emit-relocs")
end

-- Whether the other linker alone refuses, with these words.
function traits.peer_says(result, text)
  return result.how == "peer refuses" and result.text:find(text, 1, true)
end

-- Whether a custom section holds the number of a global that is a base.
function traits.notes_a_base(p)
  return traits.any(p, function(item)
    for _, piece in ipairs(item.kind == "custom" and item.pieces or {}) do
      if piece.form == "glob" and traits.any(p, function(to)
        return to.id == piece.to and to.name:find("_base$")
      end) then return true end
    end
  end)
end

-- Whether an undefined function is only ignored, warned of, or imported.
function traits.takes_undefined(p)
  return traits.any_option(p, "--unresolved-symbols=ignore-all")
    or traits.any_option(p, "--warn-unresolved-symbols")
    or traits.any_option(p, "--allow-undefined") or traits.any_option(p, "--import-undefined")
end

-- Whether a function is referred to by another signature than that of its definition.
function traits.calls_another_signature(p)
  local defined = {}
  traits.any(p, function(item)
    if item.kind == "func" and not item.undefined then defined[item.name] = item.sig end
  end)
  return traits.any(p, function(item)
    return item.kind == "func" and item.undefined and defined[item.name]
      and defined[item.name] ~= item.sig
  end)
end

-- Whether the loader takes part.
function traits.is_dynamic(p)
  return traits.any_option(p, "-shared") or traits.any_option(p, "-pie")
    or traits.any_option(p, "--unresolved-symbols=import-dynamic")
end

-- Whether an input is an archive, a "lib" (objects between --start-lib and --end-lib), ...
function traits.has_input(p, kind)
  for _, input in ipairs(p.inputs) do
    if input.kind == kind then return true end
  end
end

-- Whether a shared library exports something of that kind.
function traits.library_has(p, kind)
  for _, l in ipairs(p.libraries) do
    for _, item in ipairs(l.items) do
      if item.kind == kind then return true end
    end
  end
end

-- Whether objects wait to be asked for.
function traits.in_archive(p)
  return traits.has_input(p, "archive") or traits.has_input(p, "lib")
end

function traits.is_thread_local(item)
  return item.tls or (item.segment or ""):find("^%.t[db][as][ts]")
end

-- Whether code refers to something in that form.
function traits.in_code(p, form)
  return traits.any(p, function(item)
    for _, r in ipairs(item.code or {}) do
      if r.form == form then return true end
    end
  end)
end

-- Whether a word in data is of such a form.
function traits.in_data(p, forms)
  return traits.any(p, function(item)
    for _, piece in ipairs(item.kind == "data" and item.pieces or {}) do
      if piece.form and forms[piece.form] then return true end
    end
  end)
end

-- Whether it does, and there is one thread.
function traits.one_thread(p)
  return traits.is_dynamic(p) and not traits.any_option(p, "--shared-memory")
end

-- Whether __tls_base begins as another value.
function traits.differs_in_tls_base(result)
  return result.text:find("~ $__tls_base", 1, true)
end

-- Whether an object or an option says that the module may use a feature.
function traits.has_feature(p, name)
  return traits.any_option(p, "--extra-features=" .. name) or traits.any(p, function(item)
    for _, feature in ipairs(item.kind == "features" and item.list or {}) do
      if feature == "+" .. name then return true end
    end
  end)
end

-- A member of a group that asks to be kept.
function traits.is_kept_member(item) return item.comdat and item.no_strip end

-- Hidden, so that no other module can define it.
function traits.is_hidden_and_far(item) return item.undefined and item.hidden end

function traits.is_weak_definition(item)
  local kinds = { global = true, table = true, tag = true }
  return kinds[item.kind] and item.weak and not item.undefined
end

function traits.has_constructor(p)
  for _, o in ipairs(p.objects) do
    if #o.inits > 0 then return true end
  end
end

-- Whether an option or an item has that name.
function traits.names(p, name)
  for _, option in ipairs(p.options) do
    if option[1]:find("=" .. name, 1, true) then return true end
  end
  return traits.any(p, function(item) return item.name == name end)
end

return traits
