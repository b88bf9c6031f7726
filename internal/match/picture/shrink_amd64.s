#include "textflag.h"

DATA half64<>+0(SB)/8, $0.5
GLOBL half64<>(SB), RODATA|NOPTR, $8

// The lowest bytes of four doublewords.
DATA lowBytes<>+0(SB)/8, $0x808080800c080400
DATA lowBytes<>+8(SB)/8, $0x8080808080808080
GLOBL lowBytes<>(SB), RODATA|NOPTR, $16

// func setRowAVX2(down *uint64, pix *byte, n, weight int)
TEXT ·setRowAVX2(SB), NOSPLIT, $0-32
	MOVQ         down+0(FP), DI
	MOVQ         pix+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVQ         weight+24(FP), AX
	VMOVD        AX, X0
	VPBROADCASTD X0, Y0

set:
	VPMOVZXBD (SI), Y1
	VPMOVZXBD 8(SI), Y2
	VPMADDWD  Y0, Y1, Y1
	VPMADDWD  Y0, Y2, Y2
	VMOVDQU   Y1, (DI)
	VMOVDQU   Y2, 32(DI)
	ADDQ      $16, SI
	ADDQ      $64, DI
	SUBQ      $4, CX
	JNZ       set
	VZEROUPPER
	RET

// func addRowAVX2(down *uint64, pix *byte, n, weight int)
TEXT ·addRowAVX2(SB), NOSPLIT, $0-32
	MOVQ         down+0(FP), DI
	MOVQ         pix+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVQ         weight+24(FP), AX
	VMOVD        AX, X0
	VPBROADCASTD X0, Y0

add:
	VPMOVZXBD (SI), Y1
	VPMOVZXBD 8(SI), Y2
	VPMADDWD  Y0, Y1, Y1
	VPMADDWD  Y0, Y2, Y2
	VPADDD    (DI), Y1, Y1
	VPADDD    32(DI), Y2, Y2
	VMOVDQU   Y1, (DI)
	VMOVDQU   Y2, 32(DI)
	ADDQ      $16, SI
	ADDQ      $64, DI
	SUBQ      $4, CX
	JNZ       add
	VZEROUPPER
	RET

// func opaqueAVX2(pix *byte, n int) bool
TEXT ·opaqueAVX2(SB), NOSPLIT, $0-17
	MOVQ     pix+0(FP), SI
	MOVQ     n+8(FP), CX
	VPCMPEQD Y0, Y0, Y0

through:
	VPAND (SI), Y0, Y0
	ADDQ  $32, SI
	SUBQ  $8, CX
	JNZ   through

	VPSRLD    $24, Y0, Y0
	VPCMPEQD  Y1, Y1, Y1
	VPSRLD    $24, Y1, Y1
	VPCMPEQD  Y1, Y0, Y0
	VMOVMSKPS Y0, AX
	CMPL      AX, $0xff
	SETEQ     ret+16(FP)
	VZEROUPPER
	RET

// func meanRowAVX2(dst *byte, down *uint64, spans *span, n int, inverse *float64)
TEXT ·meanRowAVX2(SB), NOSPLIT, $0-40
	MOVQ         dst+0(FP), DI
	MOVQ         down+8(FP), DX
	MOVQ         spans+16(FP), SI
	MOVQ         n+24(FP), CX
	MOVQ         inverse+32(FP), BX
	VBROADCASTSD half64<>(SB), Y5
	VMOVDQU      lowBytes<>(SB), X6

span:
	MOVL         0(SI), R8
	SHLQ         $4, R8
	ADDQ         DX, R8
	MOVL         4(SI), R9
	VPBROADCASTD 8(SI), X0
	VPMULLD      (R8), X0, X0
	ADDQ         $16, R8
	TESTQ        R9, R9
	JZ           last

	VMOVDQU (R8), X1
	ADDQ    $16, R8
	DECQ    R9
	JZ      mids

mid:
	VPADDD (R8), X1, X1
	ADDQ   $16, R8
	DECQ   R9
	JNZ    mid

mids:
	VPSLLD $8, X1, X1
	VPADDD X1, X0, X0

last:
	VPBROADCASTD 12(SI), X2
	VPMULLD      (R8), X2, X2
	VPADDD       X2, X0, X0
	MOVL         16(SI), R10
	VBROADCASTSD (BX)(R10*8), Y3
	VCVTDQ2PD    X0, Y0
	VMULPD       Y3, Y0, Y0
	VADDPD       Y5, Y0, Y0
	VCVTTPD2DQY  Y0, X0
	VPSHUFB      X6, X0, X0
	VMOVD        X0, (DI)
	ADDQ         $4, DI
	ADDQ         $20, SI
	DECQ         CX
	JNZ          span
	VZEROUPPER
	RET
