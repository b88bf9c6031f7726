#include "textflag.h"

// swap exchanges the two words of each number, for VPSHUFB; turn makes the second of them negative, for VPSIGNW.
DATA swap<>+0(SB)/8, $0x0504070601000302
DATA swap<>+8(SB)/8, $0x0d0c0f0e09080b0a
DATA swap<>+16(SB)/8, $0x0504070601000302
DATA swap<>+24(SB)/8, $0x0d0c0f0e09080b0a
GLOBL swap<>(SB), RODATA|NOPTR, $32

DATA turn<>+0(SB)/4, $0xffff0001
GLOBL turn<>(SB), RODATA|NOPTR, $4

// TOTAL adds the eight numbers in v, whose lower half is x, and stores the sum at a.
#define TOTAL(v, x, a) \
	VEXTRACTI128 $1, v, X0;   \
	VPADDD       X0, x, x;    \
	VPSHUFD      $0x4e, x, X0; \
	VPADDD       X0, x, x;    \
	VPSHUFD      $0xb1, x, X0; \
	VPADDD       X0, x, x;    \
	VMOVD        x, a

// func agree8(sums *agreement, m *mapping, vs *vector, x, y *float32, edges *int32, n int)
TEXT ·agree8(SB), NOSPLIT, $0-56
	MOVQ         sums+0(FP), DI
	MOVQ         m+8(FP), AX
	MOVQ         vs+16(FP), BX
	MOVQ         x+24(FP), R8
	MOVQ         y+32(FP), R9
	MOVQ         edges+40(FP), R10
	MOVQ         n+48(FP), CX
	VPXOR        Y15, Y15, Y15     // along
	VPXOR        Y14, Y14, Y14     // across
	VPXOR        Y13, Y13, Y13     // own
	VPXOR        Y12, Y12, Y12     // other
	VPXOR        Y11, Y11, Y11     // inside
	VMOVDQU      swap<>(SB), Y10
	VPBROADCASTD turn<>(SB), Y9
	XORQ         SI, SI

loop:
	VMOVUPS      (R8)(SI*4), Y0
	VMOVUPS      (R9)(SI*4), Y1
	VBROADCASTSS 0(AX), Y2
	VBROADCASTSS 4(AX), Y3
	VBROADCASTSS 8(AX), Y4
	VMULPS       Y2, Y0, Y2
	VMULPS       Y3, Y1, Y3
	VADDPS       Y3, Y2, Y2
	VADDPS       Y4, Y2, Y2 // u
	VBROADCASTSS 12(AX), Y3
	VBROADCASTSS 16(AX), Y4
	VBROADCASTSS 20(AX), Y5
	VMULPS       Y3, Y0, Y3
	VMULPS       Y4, Y1, Y4
	VADDPS       Y4, Y3, Y3
	VADDPS       Y5, Y3, Y3 // v
	VPXOR        Y0, Y0, Y0
	VBROADCASTSS 24(AX), Y4
	VBROADCASTSS 28(AX), Y5
	VCMPPS       $13, Y0, Y2, Y6 // u >= 0
	VCMPPS       $13, Y0, Y3, Y7
	VPAND        Y7, Y6, Y6
	VCMPPS       $1, Y4, Y2, Y7  // u < w
	VPAND        Y7, Y6, Y6
	VCMPPS       $1, Y5, Y3, Y7
	VPAND        Y7, Y6, Y6
	VCVTTPS2DQ   Y2, Y2
	VCVTTPS2DQ   Y3, Y3
	VPBROADCASTD 32(AX), Y4
	VPMULLD      Y4, Y3, Y3
	VPADDD       Y2, Y3, Y3
	VPAND        Y6, Y3, Y3
	VMOVDQA      Y6, Y7
	VPXOR        Y0, Y0, Y0
	VPGATHERDD   Y7, (BX)(Y3*2), Y0

	// Two bytes become two words.
	VPSLLD   $24, Y0, Y1
	VPSRAD   $24, Y1, Y1
	VPSLLD   $16, Y0, Y2
	VPSRAD   $24, Y2, Y2
	VPSLLD   $16, Y2, Y2
	VPBLENDW $0xaa, Y2, Y1, Y1
	VMOVDQU  (R10)(SI*4), Y2
	VPAND    Y6, Y2, Y2
	VPSHUFB  Y10, Y2, Y3
	VPSIGNW  Y9, Y3, Y3
	VPMADDWD Y1, Y2, Y4
	VPADDD   Y4, Y15, Y15
	VPMADDWD Y1, Y3, Y4
	VPADDD   Y4, Y14, Y14
	VPMADDWD Y2, Y2, Y4
	VPADDD   Y4, Y13, Y13
	VPMADDWD Y1, Y1, Y4
	VPADDD   Y4, Y12, Y12
	VPSUBD   Y6, Y11, Y11
	ADDQ     $8, SI
	CMPQ     SI, CX
	JLT      loop

	TOTAL(Y15, X15, 0(DI))
	TOTAL(Y14, X14, 4(DI))
	TOTAL(Y13, X13, 8(DI))
	TOTAL(Y12, X12, 12(DI))
	TOTAL(Y11, X11, 16(DI))
	VZEROUPPER
	RET

// ADD counts the bits of word w of eight signatures.
#define ADD(w, q) \
	VPXORQ   (64*w)(SI), q, Z0; \
	VPOPCNTQ Z0, Z0;            \
	VPADDQ   Z0, Z1, Z1

// func count512(out *[blockCodes]uint64, blocks *block, n int, s *signature)
TEXT ·count512(SB), NOSPLIT, $0-32
	MOVQ         out+0(FP), DI
	MOVQ         blocks+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVQ         s+24(FP), DX
	VPBROADCASTQ 0(DX), Z16
	VPBROADCASTQ 8(DX), Z17
	VPBROADCASTQ 16(DX), Z18
	VPBROADCASTQ 24(DX), Z19
	VPBROADCASTQ 32(DX), Z20
	VPBROADCASTQ 40(DX), Z21
	VPBROADCASTQ 48(DX), Z22
	VPBROADCASTQ 56(DX), Z23

count:
	VPXORQ    (SI), Z16, Z1
	VPOPCNTQ  Z1, Z1
	ADD(1, Z17)
	ADD(2, Z18)
	ADD(3, Z19)
	ADD(4, Z20)
	ADD(5, Z21)
	ADD(6, Z22)
	ADD(7, Z23)
	VMOVDQU64 Z1, (DI)
	ADDQ      $512, SI
	ADDQ      $64, DI
	DECQ      CX
	JNZ       count
	VZEROUPPER
	RET
