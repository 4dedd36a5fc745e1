// program.rs: a program of Rust with its standard library.
use std::collections::HashMap;
use std::fmt::Write;

fn main() {
    let mut count: HashMap<&str, u32> = HashMap::new();
    for word in "a link is a link is a chain".split(' ') {
        *count.entry(word).or_insert(0) += 1;
    }
    let mut words: Vec<_> = count.into_iter().collect();
    words.sort();
    let mut text = String::new();
    for (word, n) in &words {
        write!(text, "{}={} ", word, n).unwrap();
    }
    println!("{}", text.trim_end());
    let parsed: Result<u32, _> = "12x".parse::<u32>();
    println!("{:?} {:.3}", parsed.is_err(), 2f64.sqrt());
}
