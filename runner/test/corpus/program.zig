// program.zig: a program of Zig.
const std = @import("std");

pub fn main() void {
    var buffer: [64]u8 = undefined;
    var sum: u64 = 0;
    for ("the quick brown fox", 0..) |c, i| sum += c * i;
    const text = std.fmt.bufPrint(&buffer, "{d} {s}", .{ sum, @errorName(error.Done) }) catch unreachable;
    if (text.len != 11) @panic("another text");
}
