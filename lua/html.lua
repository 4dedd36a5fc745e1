-- html.lua: what all pages of HTML are made with.
--
-- Takes: texts, and the parts of a page: page.html, page.css, scripts.  Gives: a page that needs no
-- network and runs nothing else.  Rule of thumb: whatever a linker or a case says is hostile, so
-- text becomes HTML in escape() and JSON in embed(), and nowhere else.

local json = require "dkjson"
local native = require "native"
local base64 = require "base64"
local driver = require "driver"

local html = {}

-- Text as HTML, in an element or in a quoted attribute.
local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;",
  ["'"] = "&#39;" }
function html.escape(text)
  return (tostring(text):gsub("[&<>\"']", ENTITIES):gsub("%c", "\u{fffd}"))
end

-- Text of several lines, for pre and textarea.
function html.lines(text)
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = html.escape(line) end
  return table.concat(lines, "\n")
end

-- A value as JSON that can stand in a script element: no tag opens or closes in it.
function html.embed(value)
  return (json.encode(value):gsub("<", "\\u003c"))
end

-- The fragment of an address that has these pairs: what common.js reads.
function html.fragment(pairs_of_it)
  local parts = {}
  for i, pair in ipairs(pairs_of_it) do
    parts[i] = pair[1] .. "=" .. pair[2]:gsub("[^%w._~-]", function(c)
      return ("%%%02X"):format(c:byte())
    end)
  end
  return "#" .. table.concat(parts, "&")
end

-- A sentence that leads to another page; nothing where there is none.
function html.link(address, text)
  return address and (' <a href="%s">%s</a>'):format(html.escape(address), html.escape(text)) or ""
end

local function read(path) return assert(driver.read_file(path), path) end

-- What the policy of the page calls a part of it that may be used.
local function source_hash(text)
  local digest = native.sha256(text):gsub("%x%x", function(byte)
    return string.char(tonumber(byte, 16))
  end)
  return ("'sha256-%s'"):format(base64(digest))
end

-- A page: the files of lua/<folder>/ behind those that are common, with values in page.html in
-- place of {{name}}.
function html.page(home, folder, scripts, values)
  local common, own = home .. "/lua/html/common", ("%s/lua/%s/"):format(home, folder)
  local script = { read(common .. ".js") }
  for i, name in ipairs(scripts) do script[i + 1] = read(own .. name) end
  values.style = read(common .. ".css") .. read(own .. "page.css")
  values.script = table.concat(script)
  values.style_hash, values.script_hash = source_hash(values.style), source_hash(values.script)
  return (read(own .. "page.html"):gsub("{{([%w_]+)}}", values))
end

-- Writes a page to its file, whole or not at all; where it cannot be, false, and that is said.
function html.save(path, page)
  local ok, why = native.write_file(path, page, "text")
  if not ok then io.stderr:write("linkspec: cannot write ", path, ": ", why, "\n") end
  return ok
end

return html
