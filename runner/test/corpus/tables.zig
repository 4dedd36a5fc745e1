// tables.zig: Zig without its library: tables made at compile time, names of errors and tags.

const Error = error{ Full, Empty, NotThere };
const Shape = union(enum) { point, circle: u32, box: struct { w: u32, h: u32 } };

const squares = table: {
    var list: [64]u32 = undefined;
    for (&list, 0..) |*x, i| x.* = i * i;
    break :table list;
};
const words = [_][]const u8{ "one", "two", "three", "one" };

export fn square(i: u32) u32 {
    return squares[i % squares.len];
}

export fn wordLength(i: u32) usize {
    return words[i % words.len].len;
}

fn fails(i: u32) Error!u32 {
    return switch (i % 4) {
        0 => error.Full,
        1 => error.Empty,
        2 => error.NotThere,
        else => i,
    };
}

export fn errorName(i: u32) [*]const u8 {
    _ = fails(i) catch |e| return @errorName(e).ptr;
    return "none";
}

fn shape(i: u32) Shape {
    return switch (i % 3) {
        0 => .point,
        1 => .{ .circle = i },
        else => .{ .box = .{ .w = i, .h = 2 * i } },
    };
}

export fn tagName(i: u32) [*]const u8 {
    return @tagName(shape(i)).ptr;
}

export fn area(i: u32) u32 {
    return switch (shape(i)) {
        .point => 0,
        .circle => |r| 3 * r * r,
        .box => |b| b.w * b.h,
    };
}
