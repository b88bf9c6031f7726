#include "textflag.h"

// func fetch(p unsafe.Pointer, n int)
TEXT ·fetch(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), AX
	MOVQ n+8(FP), CX
	CMPQ CX, $512
	JLE  few
	MOVQ $512, CX

few:
	LEAQ -1(AX)(CX*1), CX
	ANDQ $-64, AX

more:
	PREFETCHT0 (AX)
	ADDQ       $64, AX
	CMPQ       AX, CX
	JLE        more
	RET

DATA eight<>+0(SB)/4, $0
DATA eight<>+4(SB)/4, $1
DATA eight<>+8(SB)/4, $2
DATA eight<>+12(SB)/4, $3
DATA eight<>+16(SB)/4, $4
DATA eight<>+20(SB)/4, $5
DATA eight<>+24(SB)/4, $6
DATA eight<>+28(SB)/4, $7
GLOBL eight<>(SB), RODATA|NOPTR, $32

// func alike8(words *uint64, n int, word uint64, limit int, at *uint32) int
TEXT ·alike8(SB), NOSPLIT, $0-48
	MOVQ         words+0(FP), SI
	MOVQ         n+8(FP), CX
	VPBROADCASTQ word+16(FP), Z1
	VPBROADCASTQ limit+24(FP), Z2
	MOVQ         at+32(FP), DI
	VMOVDQU      eight<>(SB), Y3
	MOVL         $8, AX
	VPBROADCASTD AX, Y4
	MOVQ         DI, R8

loop:
	CMPQ      CX, $8
	JLT       tail
	VPXORQ    (SI), Z1, Z0
	VPOPCNTQ  Z0, Z0
	VPCMPUQ   $2, Z2, Z0, K1
	KORTESTB  K1, K1
	JZ        none
	VPCOMPRESSD Y3, K1, Y5
	VMOVDQU   Y5, (DI)
	KMOVB     K1, AX
	POPCNTL   AX, AX
	LEAQ      (DI)(AX*4), DI

none:
	VPADDD Y4, Y3, Y3
	ADDQ   $64, SI
	SUBQ   $8, CX
	JMP    loop

tail:
	TESTQ     CX, CX
	JZ        done
	MOVL      $1, AX
	SHLL      CX, AX
	DECL      AX
	KMOVB     AX, K2
	VMOVDQU64.Z (SI), K2, Z0
	VPXORQ    Z0, Z1, Z0
	VPOPCNTQ  Z0, Z0
	VPCMPUQ   $2, Z2, Z0, K2, K1
	VPCOMPRESSD Y3, K1, Y5
	VMOVDQU   Y5, (DI)
	KMOVB     K1, AX
	POPCNTL   AX, AX
	LEAQ      (DI)(AX*4), DI

done:
	SUBQ R8, DI
	SHRQ $2, DI
	MOVQ DI, ret+40(FP)
	VZEROUPPER
	RET
