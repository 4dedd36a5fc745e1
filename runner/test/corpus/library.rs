// library.rs: a library of Rust without its standard library.
#![no_std]
use core::panic::PanicInfo;

static mut COUNT: u32 = 0;
static NAMES: [&str; 3] = ["zero", "one", "two"];

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    loop {}
}

#[no_mangle]
pub extern "C" fn bump(by: u32) -> u32 {
    unsafe {
        COUNT = COUNT.checked_add(by).unwrap();
        COUNT
    }
}

#[no_mangle]
pub extern "C" fn length(i: usize) -> usize {
    NAMES[i].len()
}

#[no_mangle]
pub extern "C" fn apply(f: extern "C" fn(u32) -> u32, x: u32) -> u32 {
    f(x) + bump(1)
}
