package access

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"assay/internal/fault"
	"assay/internal/ledger"
)

// memory keeps accounts and keys for the tests of the gate; the real store
// has its own.
type memory struct {
	Store
	mu       sync.Mutex
	accounts map[string]Account
	desks    map[string][]DeskRight
	keys     map[string]Key
	entries  []ledger.Entry
}

func (m *memory) PutAccount(_ context.Context, a Account) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.accounts[a.ID] = a
	return nil
}

func (m *memory) Account(_ context.Context, id string) (Account, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.accounts[id]
	if !ok {
		return a, fault.New(fault.NotFound, "no account")
	}
	return a, nil
}

func (m *memory) DeskRights(_ context.Context, id string) ([]DeskRight, error) {
	return m.desks[id], nil
}

func (m *memory) AccountByEmail(_ context.Context, email string) (Account, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.accounts {
		if a.Email == email {
			return a, nil
		}
	}
	return Account{}, fault.New(fault.NotFound, "no account")
}

func (m *memory) Accounts(context.Context) (out []Account, _ error) {
	for _, a := range m.accounts {
		out = append(out, a)
	}
	return out, nil
}

func (m *memory) PutKey(_ context.Context, k Key) error { m.keys[k.Hash] = k; return nil }

func (m *memory) KeyByHash(_ context.Context, hash string) (Key, error) {
	if k, ok := m.keys[hash]; ok {
		return k, nil
	}
	return Key{}, fault.New(fault.NotFound, "no key")
}

func (m *memory) Keys(context.Context) (out []Key, _ error) {
	for _, k := range m.keys {
		out = append(out, k)
	}
	return out, nil
}

// record is the ledger of the tests.
type record struct {
	ledger.Store
	m *memory
}

func (r record) Append(_ context.Context, e ...ledger.Entry) (ledger.Entry, error) {
	r.m.entries = append(r.m.entries, e...)
	return ledger.Entry{}, nil
}

type clock struct{ at time.Time }

func newGate() (*Gate, *memory, *clock) {
	m := &memory{accounts: map[string]Account{}, keys: map[string]Key{}}
	c := &clock{time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	return &Gate{Store: m, Now: func() time.Time { return c.at }, Ledger: record{m: m},
		Atomic: func(ctx context.Context, do func(context.Context) error) error { return do(ctx) }}, m, c
}

const secret = "correct horse battery"

func TestSignIn(t *testing.T) {
	g, m, _ := newGate()
	ctx := context.Background()
	kim, err := g.NewAccount(ctx, Account{Email: " Kim@Example.com ", Name: "Kim", Role: Reviewer}, secret)
	if err != nil {
		t.Fatal(err)
	}
	off, err := g.NewAccount(ctx, Account{Email: "off@example.com", Name: "Off", Role: Reviewer}, secret)
	if err != nil {
		t.Fatal(err)
	}
	off.Disabled = true
	m.accounts[off.ID] = off
	m.accounts["bare"] = Account{ID: "bare", Email: "bare@example.com", Role: Reviewer}
	for _, c := range []struct {
		email, password string
		ok              bool
	}{
		{"kim@example.com", secret, true},
		{"KIM@example.com", secret, true},
		{"kim@example.com", secret + " ", false},
		{"kim@example.com", "", false},
		{"off@example.com", secret, false},
		{"bare@example.com", "", false},
		{"nobody@example.com", secret, false},
		{"kim@example.com", strings.Repeat("x", 1<<20), false},
		{strings.Repeat("x", 1<<20), secret, false},
	} {
		a, err := g.SignIn(ctx, c.email, c.password, "192.0.2.1:1234")
		if c.ok && (err != nil || a.ID != kim.ID) {
			t.Errorf("%.30s: %v", c.email, err)
		}
		if !c.ok && (!fault.Is(err, fault.Unauthenticated) || err.Error() != errSignIn().Error()) {
			t.Errorf("%.30s: %v", c.email, err)
		}
	}
	if _, err := g.PrincipalOf(ctx, off.ID); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a disabled account is %v", err)
	}
	if _, err := g.PrincipalOf(ctx, "none"); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("no account is %v", err)
	}
	if p, err := g.PrincipalOf(ctx, kim.ID); err != nil || p.Role != Reviewer || p.Scopes != nil {
		t.Errorf("%+v %v", p, err)
	}
}

// Unknown accounts must cost the same work: every failed sign-in hashes once.
func TestSignInHashesForUnknownAccountsToo(t *testing.T) {
	g, _, _ := newGate()
	ctx, cancel := context.WithCancel(context.Background())
	g.ready()
	for range hashesAtOnce { // no hash can be computed now
		g.slots <- struct{}{}
	}
	cancel()
	if _, err := g.SignIn(ctx, "nobody@example.com", secret, "192.0.2.1"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("an unknown account is refused without a hash: %v", err)
	}
	if h, err := parseHash(g.decoy); err != nil || h.memory != argonMemory || h.time != argonTime {
		t.Errorf("the decoy costs %+v %v", h, err)
	}
}

func TestSignInIsThrottled(t *testing.T) {
	try := func(t *throttle, email, ip string, now time.Time) bool {
		g := &Gate{Now: func() time.Time { return now }}
		g.once.Do(func() {})
		g.tries.refill, g.tries.names, g.tries.buckets = t.refill, t.names, t.buckets
		_, ok := g.takeTry(email, network(ip))
		t.buckets = g.tries.buckets
		return ok
	}
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	tr := &throttle{refill: triesRefill, names: triesNames}
	for i := range triesOfPair {
		if !try(tr, "kim", "192.0.2.1", now) {
			t.Fatalf("try %d is refused", i)
		}
	}
	if try(tr, "kim", "192.0.2.1", now) {
		t.Error("one account from one address is guessed without end")
	}
	if !try(tr, "kim", "198.51.100.7", now) {
		t.Error("a stranger's guesses lock the owner out")
	}
	if !try(tr, "kim", "192.0.2.1", now.Add(triesRefill/triesOfPair+time.Second)) {
		t.Error("no try comes back")
	}
	n := 0
	for i := range 200 {
		if try(tr, fmt.Sprint("account", i), "203.0.113.9", now) {
			n++
		}
	}
	if n != triesOfNetwork {
		t.Errorf("%d accounts tried from one address", n)
	}
	n = 0
	for i := range 300 {
		if try(tr, "lee", fmt.Sprintf("10.0.%d.%d", i/250, i%250), now) {
			n++
		}
	}
	if n != triesOfAccount {
		t.Errorf("one account tried %d times from many addresses", n)
	}
}

func TestGoodSignInsAreNotThrottled(t *testing.T) {
	g, _, _ := newGate()
	if _, err := g.NewAccount(context.Background(), Account{Email: "kim@example.com", Name: "Kim", Role: Admin}, secret); err != nil {
		t.Fatal(err)
	}
	for i := range triesOfPair + 5 {
		if _, err := g.SignIn(context.Background(), "kim@example.com", secret, "192.0.2.1"); err != nil {
			t.Fatalf("sign-in %d: %v", i, err)
		}
	}
}

func TestThrottleForgetsWhatIsOver(t *testing.T) {
	tr := &throttle{refill: time.Minute, names: 100}
	now := time.Unix(0, 0)
	for i := range 1000 {
		tr.take(fmt.Sprint(i), 5, now.Add(time.Duration(i)*time.Second))
		if len(tr.buckets) > 100 {
			t.Fatalf("%d names are remembered", len(tr.buckets))
		}
	}
	for i := range 1000 { // a flood at one moment
		tr.take(fmt.Sprint("x", i), 5, now)
	}
	if len(tr.buckets) > 100 {
		t.Errorf("%d names are remembered", len(tr.buckets))
	}
}

func TestNetwork(t *testing.T) {
	for ip, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "192.0.2.1:99": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "[2001:db8:1:2::9]:443": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "": "unknown", "@": "unknown",
	} {
		if got := network(ip); got != want {
			t.Errorf("%s is %s, want %s", ip, got, want)
		}
	}
}

func TestKeys(t *testing.T) {
	g, m, c := newGate()
	ctx := context.Background()
	end := c.at.Add(time.Hour)
	token, k, err := g.NewKey(ctx, Key{Name: "feeds", Role: Seller, OrgID: "shop", Scopes: []Permission{ListingWrite}, ExpiresAt: &end})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(token, "assay_") || len(token) < 40 || strings.Contains(fmt.Sprint(m.keys), token) {
		t.Errorf("secret %q", token)
	}
	p, err := g.Key(ctx, token)
	if err != nil || p.ID != k.ID || p.OrgID != "shop" || !p.Can(ListingWrite) || p.Can(ListingRead) {
		t.Errorf("%+v %v", p, err)
	}
	for _, wrong := range []string{"", "assay_", token + "x", token[1:], strings.ToUpper(token), strings.Repeat("assay_", 1<<16)} {
		if _, err := g.Key(ctx, wrong); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%.20q: %v", wrong, err)
		}
	}
	c.at = end
	if _, err := g.Key(ctx, token); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("an expired key: %v", err)
	}
	c.at = end.Add(-time.Minute)
	for range 2 {
		if _, err := g.RevokeKey(ctx, k.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.Key(ctx, token); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a revoked key: %v", err)
	}
	if _, err := g.RevokeKey(ctx, "none"); !fault.Is(err, fault.NotFound) {
		t.Errorf("no key: %v", err)
	}
	if len(m.entries) != 2 || m.entries[0].Kind != "key.created" || m.entries[1].Kind != "key.revoked" {
		t.Errorf("ledger %+v", m.entries)
	}
	bare := k
	bare.Hash, bare.Scopes, bare.ExpiresAt = hashKey("assay_bare"), nil, nil
	m.keys[bare.Hash] = bare
	if p, err := g.Key(ctx, "assay_bare"); err != nil || p.Can(ListingWrite) {
		t.Errorf("a key without scopes may do everything: %+v %v", p, err)
	}
}

func TestKeysAreCheckedBeforeTheyAreMade(t *testing.T) {
	g, _, c := newGate()
	past := c.at.Add(-time.Second)
	good := Key{Name: "x", Role: Seller, OrgID: "shop", Scopes: []Permission{ListingRead}}
	for field, spoil := range map[string]func(*Key){
		"name":       func(k *Key) { k.Name = " " },
		"role":       func(k *Key) { k.Role = "root" },
		"org_id":     func(k *Key) { k.OrgID = "" },
		"scopes":     func(k *Key) { k.Scopes = nil },
		"expires_at": func(k *Key) { k.ExpiresAt = &past },
	} {
		k := good
		spoil(&k)
		_, _, err := g.NewKey(context.Background(), k)
		wantField(t, err, field)
	}
	k := good
	k.Scopes = []Permission{ListingRead, PolicyWrite}
	_, _, err := g.NewKey(context.Background(), k)
	wantField(t, err, "scopes")
	k = good
	k.Role = Admin
	_, _, err = g.NewKey(context.Background(), k)
	wantField(t, err, "org_id")
}

func wantField(t *testing.T, err error, path string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.Invalid || len(f.Fields) == 0 || f.Fields[0].Path != path {
		t.Errorf("%v, want a problem with %s", err, path)
	}
}

func TestPasswords(t *testing.T) {
	for password, code := range map[string]string{
		"correct horse battery": "", "비밀번호는충분히길어야한다": "", "short": "too_short", "elevenchars": "too_short", strings.Repeat("x", 600): "too_long",
		"kim.minsu@example.com": "is_email", "Kim.Minsu123": "is_email", "kim.minsu-kim.minsu": "is_email", "aaaaaaaaaaaaaaaa": "too_plain", "\xff\xfeaaaaaaaaaaaaaa": "bad_text",
	} {
		err := CheckPassword(password, "kim.minsu@example.com")
		var f *fault.Error
		got := ""
		if errors.As(err, &f) {
			got = f.Fields[0].Code
		}
		if got != code {
			t.Errorf("%.20q: %q, want %q", password, got, code)
		}
	}
}

func TestHashes(t *testing.T) {
	h, err := HashPassword(secret)
	if err != nil {
		t.Fatal(err)
	}
	again, err := HashPassword(secret)
	if err != nil || h == again {
		t.Errorf("two hashes of one password are the same: %v", err)
	}
	if ok, err := VerifyPassword(secret, h); !ok || err != nil {
		t.Error(ok, err)
	}
	if ok, err := VerifyPassword("another", h); ok || err != nil {
		t.Error(ok, err)
	}
	// From test.c of github.com/P-H-C/phc-winner-argon2: 2 passes, 2^16 KiB, 1 lane.
	if ok, err := VerifyPassword("password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"); !ok || err != nil {
		t.Error("a hash of the reference implementation is not verified:", err)
	}
	for _, bad := range []string{"", "x", "$2b$10$abc", "$argon2i$v=19$m=1,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5Q", strings.Replace(h, "v=19", "v=16", 1),
		strings.Replace(h, "m=19456", "m=99999999", 1), strings.Replace(h, "t=2", "t=0", 1), strings.Replace(h, "p=1", "p=200", 1), h + "$", h[:len(h)-40] + "*"} {
		if ok, err := VerifyPassword(secret, bad); ok || err == nil {
			t.Errorf("%q is verified: %v %v", bad, ok, err)
		}
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parseHash(s)
		if err == nil && (h.memory > 256*1024 || h.time < 1 || h.time > 16 || h.lanes < 1 || h.lanes > 16 || len(h.salt) < 8 || len(h.sum) < 16) {
			t.Fatalf("%q costs %+v", s, h)
		}
	})
}

func BenchmarkHashPassword(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := HashPassword(secret); err != nil {
			b.Fatal(err)
		}
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	g, m, _ := newGate()
	ctx := With(context.Background(), Principal{ID: "actor"})
	a, err := g.NewAccount(ctx, Account{Email: "a@example.com", Name: "A", Role: Admin}, secret)
	if err != nil {
		t.Fatal(err)
	}
	gone := a
	gone.Disabled = true
	if _, err := g.ChangeAccount(ctx, gone); !fault.Is(err, fault.Conflict) {
		t.Errorf("the last administrator is disabled: %v", err)
	}
	gone = a
	gone.Role = Partner
	if _, err := g.ChangeAccount(ctx, gone); !fault.Is(err, fault.Conflict) {
		t.Errorf("the last administrator is demoted: %v", err)
	}
	if _, err := g.NewAccount(ctx, Account{Email: "b@example.com", Name: "B", Role: Admin}, secret); err != nil {
		t.Fatal(err)
	}
	gone.Email, gone.PasswordHash = "other@example.com", ""
	kept, err := g.ChangeAccount(ctx, gone)
	if err != nil || kept.Email != a.Email || m.accounts[a.ID].PasswordHash != a.PasswordHash || m.accounts[a.ID].Role != Partner {
		t.Errorf("%+v %v", kept, err)
	}
	if err := g.SetPassword(ctx, a.ID, "another long sentence"); err != nil {
		t.Fatal(err)
	}
	if _, err := g.SignIn(ctx, "a@example.com", "another long sentence", "192.0.2.1"); err != nil {
		t.Error(err)
	}
	for _, e := range m.entries {
		if e.Actor != "actor" {
			t.Errorf("ledger %+v", e)
		}
	}
}
