# relocs.s: every relocation that the assembler writes for 32 and for 64 bits; ADDR is i32 or i64.
	.functype	here () -> (i32)
	.functype	gone () -> ()
	.globaltype	counter, i32
	.globaltype	__stack_pointer, ADDR
	.globaltype	__memory_base, ADDR, immutable
	.globaltype	__table_base, ADDR, immutable
	.globaltype	__tls_base, ADDR
	.tagtype	oops i32
	.tabletype	refs, externref

	.section	.text.here,"",@
	.globl	here
here:
	.functype	here () -> (i32)
	i32.const	1
	end_function

	.section	.text.all,"",@
	.globl	all
	.export_name	all, all
all:
	.functype	all () -> ()
	call	here
	drop
	ADDR.const	here
	drop
	ADDR.const	word
	drop
	ADDR.const	word+3
	drop
	ADDR.const	word-3
	drop
	ADDR.const	0
	i32.load	word+4
	drop
	global.get	counter
	drop
	global.get	word@GOT
	drop
	global.get	here@GOT
	drop
	global.get	__memory_base
	ADDR.const	word@MBREL
	ADDR.add
	drop
	global.get	__table_base
	ADDR.const	here@TBREL
	ADDR.add
	drop
	global.get	__tls_base
	ADDR.const	mine@TLSREL
	ADDR.add
	drop
	i32.const	0
	ADDR.const	here
	call_indirect	() -> (i32)
	drop
	i32.const	0
	table.get	refs
	drop
	i32.const	3
	throw	oops
	end_function

	.globl	counter
counter:
	.globl	oops
oops:
	.globl	refs
refs:

	.section	.data.word,"",@
	.p2align	3
	.globl	word
word:
	.int32	here
	.int32	word
	.int32	word+20
	.int32	word-5
	.int64	word
	.int64	here
	.size	word, 32

	.section	.tdata.mine,"T",@
	.globl	mine
mine:
	.int32	7
	.size	mine, 4

	.section	.custom_section.note,"",@
	.int32	here
	.int32	word+1
	.section	.debug_info,"",@
	.int32	.Ltext
	.int32	here
	.int32	word
	.int32	gone_data
	.section	.debug_str,"S",@
.Ltext:
	.asciz	"text of debugging"
	.asciz	"debugging"
	.section	.custom_section.target_features,"",@
	.int8	3
	.int8	43
	.int8	7
	.ascii	"atomics"
	.int8	43
	.int8	11
	.ascii	"bulk-memory"
	.int8	43
	.int8	15
	.ascii	"mutable-globals"
