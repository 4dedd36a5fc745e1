-- Much for a loader: code and constant expressions that grow with the input, and no faster.

local OPTIONS = { "--no-entry", "-pie", "--experimental-pic",
  "--unresolved-symbols=import-dynamic" }

local function linking(fill)
  return function()
    local list, o = { table.unpack(OPTIONS) }, object "a.o"
    fill(o)
    list[#list + 1] = o
    return list
  end
end

case "pointers" {
  title = "1500 pointers in data are written by code, each with its own addend",
  clauses = { "dylink.apply-data-relocs" },
  link = linking(function(o)
    local x, pieces = o:data("x", { bytes = ("."):rep(100), hidden = true }), {}
    for i = 1, 1500 do pieces[i] = addr(x, i % 100) end
    o:data("p", { bytes = pieces, align = 2, export = "p", no_strip = true })
  end),
  golden = false,
  reason = "twenty kilobytes of code, all alike",
  expect = { holds("1500 stores, of all the addends", function(module, view)
    local code = view:func "__wasm_apply_data_relocs"
    local stores, constants = 0, view:constants(code) -- a place, an address, and so on
    for _, i in ipairs(module:instructions(code)) do
      if i.name == "i32.store" then stores = stores + 1 end
    end
    return stores == 1500 and constants[#constants] - constants[2] == 1500 % 100 - 1, stores
  end) },
}

case "got" {
  title = "500 entries of the GOT that are imported, and 500 of the module's own",
  clauses = { "got.mem", "got.internal" },
  link = linking(function(o)
    local code, block = {}, o:segment(".data.near", { bytes = ("1234"):rep(500), align = 2 })
    for i = 1, 500 do
      local far = o:data("far" .. i, { undefined = true })
      local near = o:data("near" .. i, { segment = block, offset = 4 * i - 4, size = 4,
        hidden = true })
      code[#code + 1] = { "global.get", got(far) }
      code[#code + 1] = { "global.get", got(near) }
      code[#code + 1] = "drop; drop"
    end
    o:func("f", { sig = "->", export = "f", code = code })
  end),
  golden = false,
  reason = "fifty kilobytes of globals, all alike",
  expect = { imports { ["GOT.mem.far1"] = "global", ["GOT.mem.far500"] = "global" },
    counts { global = 2 + 1000 },
    holds("f reads them in order", function(module, view)
      local list = module:instructions(view:func "f")
      local last = list[#list - 4].values[1]
      return view:is_named("global", last, "far500"), view:names_text("global", last)
    end) },
}
