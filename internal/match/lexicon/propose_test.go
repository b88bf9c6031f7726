package lexicon

import (
	"fmt"
	"os"
	"testing"
)

func TestShowProposals(t *testing.T) {
	if os.Getenv("SHOW") == "" {
		t.Skip()
	}
	for _, n := range []string{"Gucci", "구찌", "古驰", "Coupang", "쿠팡", "Balenciaga", "Bottega Veneta", "닥터마틴", "Chanel", "Patagonia", "始祖鸟", "グッチ", "Valentino", "Moncler", "Samsonite"} {
		fmt.Print(n, ": ")
		for _, s := range Propose(n, "") {
			fmt.Print(s.Text, " ", s.Weight, " ", s.Reason, ", ")
		}
		fmt.Println()
	}
}
