package ledger_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"assay/internal/ledger"
)

func chain(t *rapid.T) []ledger.Entry {
	n := rapid.IntRange(1, 12).Draw(t, "entries")
	list := make([]ledger.Entry, n)
	prev := ""
	for i := range list {
		e := ledger.Entry{Seq: int64(i + 1), At: time.UnixMicro(rapid.Int64Range(0, 1<<50).Draw(t, "at")).UTC(),
			Actor: rapid.String().Draw(t, "actor"), Kind: rapid.StringMatching(`[a-z.]{1,12}`).Draw(t, "kind"), Subject: rapid.String().Draw(t, "subject"),
			Data: json.RawMessage(`{"n":` + rapid.StringMatching(`[1-9][0-9]{0,5}`).Draw(t, "data") + `}`), Prev: prev}
		e.Hash = e.Seal()
		prev, list[i] = e.Hash, e
	}
	return list
}

func TestWholeChainHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := chain(t)
		last, err := ledger.Verify("", list)
		if err != nil || last != list[len(list)-1].Hash {
			t.Fatalf("%v", err)
		}
	})
}

// Whatever is changed, left out or exchanged is noticed.
func TestEveryChangeIsNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := chain(t)
		i := rapid.IntRange(0, len(list)-1).Draw(t, "where")
		forged := slices.Clone(list)
		switch rapid.IntRange(0, 6).Draw(t, "how") {
		case 0:
			forged[i].Actor += "x"
		case 1:
			forged[i].At = forged[i].At.Add(time.Microsecond)
		case 2:
			forged[i].Data = json.RawMessage(`{"n":0}`)
		case 3:
			forged[i].Kind, forged[i].Subject = forged[i].Subject+"-", forged[i].Kind
		case 4:
			forged[i].Seq++
		case 5: // sealed anew, but the next one still points at the old
			if i == len(list)-1 {
				return
			}
			forged[i].Subject += "!"
			forged[i].Hash = forged[i].Seal()
		default:
			if i == len(list)-1 {
				return // an end that was cut off shows in the head, not in the chain
			}
			forged = slices.Delete(forged, i, i+1)
		}
		if _, err := ledger.Verify("", forged); err == nil {
			t.Fatal("the change was not noticed")
		}
	})
}
