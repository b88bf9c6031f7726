#include "textflag.h"

DATA weightR<>+0(SB)/4, $0.299
GLOBL weightR<>(SB), RODATA|NOPTR, $4
DATA weightG<>+0(SB)/4, $0.587
GLOBL weightG<>(SB), RODATA|NOPTR, $4
DATA weightB<>+0(SB)/4, $0.114
GLOBL weightB<>(SB), RODATA|NOPTR, $4

// func lumaAVX2(dst *float32, row *byte, offsets *int32, n int) bool
TEXT ·lumaAVX2(SB), NOSPLIT, $0-33
	MOVQ         dst+0(FP), DI
	MOVQ         row+8(FP), DX
	MOVQ         offsets+16(FP), SI
	MOVQ         n+24(FP), CX
	VBROADCASTSS weightR<>(SB), Y10
	VBROADCASTSS weightG<>(SB), Y11
	VBROADCASTSS weightB<>(SB), Y12
	VPCMPEQD     Y9, Y9, Y9  // all opaque so far
	VPSRLD       $24, Y9, Y8 // 255

eight:
	VMOVDQU    (SI), Y0
	VPCMPEQD   Y1, Y1, Y1
	VPGATHERDD Y1, (DX)(Y0*1), Y2
	VPAND      Y2, Y9, Y9
	VPAND      Y8, Y2, Y3
	VPSRLD     $8, Y2, Y4
	VPSRLD     $16, Y2, Y5
	VPAND      Y8, Y4, Y4
	VPAND      Y8, Y5, Y5
	VCVTDQ2PS  Y3, Y3
	VCVTDQ2PS  Y4, Y4
	VCVTDQ2PS  Y5, Y5
	VMULPS     Y10, Y3, Y3
	VMULPS     Y11, Y4, Y4
	VMULPS     Y12, Y5, Y5
	VADDPS     Y4, Y3, Y3
	VADDPS     Y5, Y3, Y3
	VMOVUPS    Y3, (DI)
	ADDQ       $32, SI
	ADDQ       $32, DI
	SUBQ       $8, CX
	JNZ        eight

	VPSRLD    $24, Y9, Y9
	VPCMPEQD  Y8, Y9, Y9
	VMOVMSKPS Y9, AX
	CMPL      AX, $0xff
	SETEQ     ret+32(FP)
	VZEROUPPER
	RET
