// object.zig: an object of Zig: errors by name, tags by name, formatting, a counter.
const std = @import("std");

const Color = enum { red, green, blue };
var counter: u32 = 0;
threadlocal var mine: u32 = 3;

export fn count() u32 {
    counter += 1;
    mine += 1;
    return counter + mine;
}

export fn errorLength(which: u8) usize {
    const e: anyerror = if (which == 0) error.Full else error.NotThere;
    return @errorName(e).len;
}

export fn tagLength(which: u8) usize {
    const color: Color = @enumFromInt(which % 3);
    return @tagName(color).len;
}

export fn digits(x: u32) usize {
    var buffer: [32]u8 = undefined;
    return (std.fmt.bufPrint(&buffer, "{d}", .{x}) catch unreachable).len;
}
