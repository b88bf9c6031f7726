package consoletest

import (
	"fmt"
	"strings"
	"time"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/listing"
	"assay/internal/match/lexicon"
	"assay/internal/registry"
	"assay/internal/search"
	"assay/internal/seller"
	"assay/internal/signal"
	"assay/internal/trial"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// Ids on the stage.
const (
	Holder      = "bolt-holder"
	OtherHolder = "quiet-holder"
	Brand       = "bolt"
	OtherBrand  = "quiet"
	Right       = "bolt-tm"
	MarkAsset   = "bolt-mark"
	NameAsset   = "bolt-name"
	Licence     = "bolt-licence"

	Shadow   = "default@2" // judges beside the policy in force
	BackTest = "back-test"

	HolderSearch = "bolt-search"
	HouseSearch  = "house-search"
)

// Shop and OtherShop are sellers; Shop has the seller's account.
var (
	Shop      = listing.SellerID("main", "shop-1")
	OtherShop = listing.SellerID("main", "shop-2")
)

// Hostile is a title that tries to break out of the page.
const Hostile = "<script>alert(1)</script> \u202egnal\u202c BO\u200bLT \"onmouseover=x"

func (s *Stage) fill() {
	s.t.Helper()
	s.policy()
	s.registry()
	s.account(access.Admin, "")
	s.account(access.Reviewer, "")
	s.account(access.Holder, Holder)
	s.account(access.Seller, Shop)
	s.account(access.Partner, "")
	s.colleague()
	for n := range 5 {
		s.Suspect(n, fmt.Sprintf("BOLT 무선 충전기 %d호 (정품급)", n+1), Shop)
	}
	s.Suspect(90, Hostile, OtherShop)
	s.Clean("clean-1", "손뜨개 컵받침", Shop)
	s.similar()
	s.complain()
	s.searches()
	s.standing()
	s.trials()
	s.must(s.Store.PutFeed(s.t.Context(), listing.Feed{ID: "feed-old", Market: "main", SellerID: Shop, Name: "spring.csv", Format: "csv", Blob: s.blob([]byte("x")),
		State: listing.FeedDone, Rows: 3, Changed: 2, Rejected: 1, ActorID: "system", CreatedAt: Now(), UpdatedAt: Now()}))
	s.must(s.Store.AddProblems(s.t.Context(), []listing.RowProblem{{FeedID: "feed-old", Line: 3, RowID: "=1+1", Column: "title", Code: "missing_title",
		Message: "title: the title is missing", Rejected: true, Raw: "<b>,,1"}}))
}

// trials saves a second version of the policy that runs as a shadow, with what
// it says of the listings, and a finished back-test of it.
func (s *Stage) trials() {
	s.t.Helper()
	ctx := s.t.Context()
	source := strings.NewReplacer("number: 1\n", "number: 2\n", "text_review: 0.50", "text_review: 0.40").Replace(string(policy.DefaultSource()))
	s.must(s.Store.PutPolicy(ctx, verdict.Version{ID: Shadow, Source: source, ActorID: "account-admin", CreatedAt: Now()}))
	s.must(s.Store.SetShadow(ctx, Shadow, true))
	s.must(s.Store.PutBackTest(ctx, trial.BackTest{ID: BackTest, PolicyID: Shadow, From: Now().AddDate(0, -1, 0), Until: Now(), Most: 100, State: trial.Done,
		Looked: 3, ActorID: "account-admin", CreatedAt: Now(), UpdatedAt: Now()}))
	cases, err := s.Store.Cases(ctx, casefile.Filter{})
	s.must(err)
	now := []verdict.Decision{verdict.Block, verdict.Review, verdict.Pass}
	var rows []trial.Rejudged
	for i, c := range cases.Cases {
		for _, id := range []string{BackTest, trial.ShadowID(Shadow)} {
			rows = append(rows, trial.Rejudged{TrialID: id, VerdictID: c.VerdictID, RevisionID: c.RevisionID, ListingID: c.ListingID, SellerID: c.SellerID, Title: c.Title,
				Was: verdict.Review, Now: now[i%3], Rules: []string{"claim-sure"}, CreatedAt: Now()})
		}
	}
	s.must(s.Store.AddRows(ctx, rows))
}

// searches saves a search for the holder and one for the house, and has the
// hostile listing found by both.
func (s *Stage) searches() {
	s.t.Helper()
	ctx := s.t.Context()
	q := search.Query{Words: []search.Word{{Text: "BOLT"}, {Text: "100% 정품급, 로고 가림 없음", Kind: lexicon.KindPhrase}}}
	s.must(s.Store.PutSearch(ctx, search.Saved{ID: HolderSearch, HolderID: Holder, Name: "볼트 <b>전부</b>", Query: q, ActorID: "system", CreatedAt: Now(), UpdatedAt: Now()}))
	s.must(s.Store.PutSearch(ctx, search.Saved{ID: HouseSearch, Name: "Bolt, all", Query: q, ActorID: "system", CreatedAt: Now(), UpdatedAt: Now()}))
	found, err := s.Walker.Run(ctx, "", q, "", 100)
	s.must(err)
	for _, h := range found.Hits {
		for id, holder := range map[string]string{HolderSearch: Holder, HouseSearch: ""} {
			_, err := s.Store.AddAlerts(ctx, []search.Alert{{ID: id + "." + h.RevisionID, SearchID: id, HolderID: holder, Hit: h, CreatedAt: Now()}})
			s.must(err)
		}
	}
}

// Colleague is the account of a second reviewer, and Desk the desk to which he
// and the first one can hand cases.
const (
	Colleague = "colleague"
	Desk      = "kr"
)

func (s *Stage) colleague() {
	s.t.Helper()
	s.must(s.Store.PutAccount(s.t.Context(), access.Account{ID: Colleague, Email: "colleague@assay.example", Name: "김서연", Role: access.Reviewer, CreatedAt: Now(), UpdatedAt: Now()}))
	_, err := s.Desk.SaveTeam(s.t.Context(), casefile.Team{ID: Desk, Name: "한국 전담팀", Country: "KR", Rules: casefile.Rules{Countries: []string{"KR"}}}, casefile.Actor{ID: "system"})
	s.must(err)
}

func (s *Stage) registry() {
	s.t.Helper()
	ctx := s.t.Context()
	change := func(_ bool, err error) { s.t.Helper(); s.must(err) }
	change(s.Keeper.SaveHolder(ctx, registry.RightsHolder{ID: Holder, Name: "볼트전자", Country: "KR", Email: "ip@bolt.example"}, "system"))
	change(s.Keeper.SaveHolder(ctx, registry.RightsHolder{ID: OtherHolder, Name: "Quieto S.p.A.", Country: "IT"}, "system"))
	change(s.Keeper.SaveBrand(ctx, registry.Brand{ID: Brand, HolderID: Holder, Name: "BOLT", Goods: []string{"charger", "충전기"}, UsualPrice: map[string]float64{"KRW": 59000}, GatedGoods: true}, "system"))
	change(s.Keeper.SaveBrand(ctx, registry.Brand{ID: OtherBrand, HolderID: OtherHolder, Name: "Quieto", Goods: []string{"lampada"}}, "system"))
	change(s.Keeper.SaveRight(ctx, registry.Right{ID: Right, BrandID: Brand, Kind: registry.Trademark, Office: "KR", Number: "40-1234567", Status: registry.RightRegistered, Classes: []int{9}}, "system"))
	hash, err := s.Keeper.AddPicture(ctx, Mark())
	s.must(err)
	change(s.Keeper.SaveAsset(ctx, registry.Asset{ID: MarkAsset, BrandID: Brand, RightID: Right, Kind: registry.AssetMark, Label: "Bolt ring", Picture: hash}, "system"))
	change(s.Keeper.SaveAsset(ctx, registry.Asset{ID: NameAsset, BrandID: Brand, RightID: Right, Kind: registry.AssetName, Text: "BOLT"}, "system"))
	for i, id := range []string{Shop, OtherShop} {
		change(s.Store.PutSeller(ctx, seller.Seller{ID: id, ExternalID: fmt.Sprintf("shop-%d", i+1), Name: []string{"번개상점", "Corner <b>Shop</b>"}[i], Country: "KR",
			Verification: []seller.Verification{seller.Verified, seller.Unverified}[i], Status: seller.Active, CreatedAt: Now(), UpdatedAt: Now()}))
	}
	change(s.Keeper.SaveLicence(ctx, registry.Licence{ID: Licence, BrandID: Brand, SellerID: Shop, Status: registry.LicenceRevoked, Document: "LIC-2024-7"}, "system"))
}

func (s *Stage) blob(b []byte) string {
	s.t.Helper()
	key, err := s.Blobs.Put(s.t.Context(), b)
	s.must(err)
	return key
}

// Clean puts a listing on sale that nothing speaks against.
func (s *Stage) Clean(externalID, title, shop string) listing.Revision {
	s.t.Helper()
	rev := s.revise(externalID, shop, listing.Offer{Title: title, Description: "직접 만들었습니다.", Price: &listing.Money{Minor: 8000, Currency: "KRW"},
		Pictures: []listing.Picture{{Hash: s.blob(Goods(700, false)), State: listing.PictureStored}}})
	s.must(s.Store.PutVerdict(s.t.Context(), verdict.Verdict{ID: "verdict-" + externalID, RevisionID: rev.ID, ListingID: rev.ListingID, Decision: verdict.Pass,
		Policy: policy.Default().Version(), Detectors: []string{"words/1"}, CreatedAt: Now()}))
	_, err := s.Store.SetStatus(s.t.Context(), rev.ListingID, rev.Number, listing.Live, Now())
	s.must(err)
	return rev
}

func (s *Stage) revise(externalID, shop string, o listing.Offer) listing.Revision {
	s.t.Helper()
	now := Now()
	l := listing.Listing{ID: listing.ID("main", externalID), Market: "main", ExternalID: externalID, SellerID: shop, Status: listing.Pending, CreatedAt: now, UpdatedAt: now}
	_, rev, _, err := s.Store.PutRevision(s.t.Context(), l, listing.Revision{ListingID: l.ID, Source: "api", ContentHash: o.ContentHash(), Offer: o, CreatedAt: now})
	s.must(err)
	return rev
}

// Suspect holds a listing with the logo in its picture and the name in its
// title, and opens a case. Every third one is overdue.
func (s *Stage) Suspect(n int, title, shop string) casefile.Case {
	s.t.Helper()
	picture := s.blob(Goods(uint64(n), true))
	o := listing.Offer{Title: "first try", Description: "빠른 배송. 100% 정품급, 로고 가림 없음.\nBOLT 호환 케이블 증정.", Brand: "BOLT", Category: "가전 > 충전기", Condition: "new",
		Price: &listing.Money{Minor: 9900, Currency: "KRW"}, Pictures: []listing.Picture{{Hash: picture, State: listing.PictureStored}, {URL: "https://gone.example/2.jpg", State: listing.PictureFailed, Problem: "not_found"}},
		Attributes: map[string]string{"색상": "블랙"}}
	id := fmt.Sprintf("suspect-%d", n)
	s.revise(id, shop, o)
	o.Title = title
	rev := s.revise(id, shop, o)
	v := s.verdict(rev, picture)
	due := Now().Add(time.Duration(5+n) * time.Hour)
	if n%3 == 0 {
		due = Now().Add(-3 * time.Hour)
	}
	k := casefile.Case{ID: "case-" + id, ListingID: rev.ListingID, RevisionID: rev.ID, VerdictID: v.ID, SellerID: shop, BrandID: Brand, HolderID: Holder,
		Title: rev.Offer.Title, Reason: "picture_mark", Proposed: v.Decision, Score: v.Score, Severity: 3 + n%2, Exposure: 1 + n%4, TurnAt: Now().Add(time.Duration(n) * time.Minute), State: casefile.Open, DueAt: due,
		CreatedAt: Now().Add(-2 * time.Hour), UpdatedAt: Now()}
	s.must(s.Store.PutCase(s.t.Context(), k))
	_, err := s.Store.SetStatus(s.t.Context(), rev.ListingID, rev.Number, listing.Held, Now())
	s.must(err)
	k, err = s.Store.Case(s.t.Context(), k.ID)
	s.must(err)
	return k
}

// Pieced opens a case about a listing that holds only a part of a protected photograph.
func (s *Stage) Pieced() casefile.Case {
	s.t.Helper()
	pictures := []listing.Picture{{Hash: s.blob(Large(499)), State: listing.PictureStored}}
	rev := s.revise("pieced", Shop, listing.Offer{Title: "멀티탭 정리함", Pictures: pictures})
	a, err := s.Store.Asset(s.t.Context(), MarkAsset)
	s.must(err)
	corners := []signal.Point{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 1, Y: 1}, {X: 0, Y: 1}}
	v := verdict.Verdict{ID: "verdict-" + rev.ID, RevisionID: rev.ID, ListingID: rev.ListingID, Decision: verdict.Review, Score: .9, Matched: []string{MarkAsset},
		Policy: policy.Default().Version(), CreatedAt: Now(), Signals: []signal.Signal{{Kind: signal.PicturePart, Detector: "keypoint/1", AssetID: MarkAsset, BrandID: Brand,
			RightID: Right, Score: .9, Sighting: &signal.Sighting{Hash: pictures[0].Hash, AssetPicture: a.Picture, AssetOutline: corners, Correlation: .31, Inliers: 20,
				Outline: []signal.Point{{X: -1, Y: -1}, {X: 2, Y: -1}, {X: 2, Y: 2}, {X: -1, Y: 2}},
				Part: &signal.Part{Share: .1, Correlation: .98, Outline: []signal.Point{{X: .1, Y: .2}, {X: .9, Y: .2}, {X: .5, Y: .8}},
					AssetOutline: []signal.Point{{X: .3, Y: .4}, {X: .6, Y: .4}, {X: .5, Y: .6}}}}}},
		Reasons: []verdict.Reason{{Rule: "picture-part", Code: "picture_part", Decision: verdict.Review, Signals: []int{0}}}}
	s.must(s.Store.PutVerdict(s.t.Context(), v))
	k := casefile.Case{ID: "case-pieced", ListingID: rev.ListingID, RevisionID: rev.ID, VerdictID: v.ID, SellerID: Shop, BrandID: Brand, HolderID: Holder, Title: rev.Offer.Title,
		Reason: "picture_part", Proposed: v.Decision, Severity: 2, TurnAt: Now(), State: casefile.Open, DueAt: Now().Add(time.Hour), CreatedAt: Now(), UpdatedAt: Now()}
	s.must(s.Store.PutCase(s.t.Context(), k))
	return k
}

// Crowded opens a case about a listing with n pictures, 1,600 pixels wide.
func (s *Stage) Crowded(n int) casefile.Case {
	s.t.Helper()
	var pictures []listing.Picture
	for i := range n {
		pictures = append(pictures, listing.Picture{Hash: s.blob(Large(uint64(500 + i))), State: listing.PictureStored})
	}
	rev := s.revise("crowded", Shop, listing.Offer{Title: "BOLT 무선 충전기 세트", Description: "빠른 배송", Pictures: pictures})
	v := s.verdict(rev, pictures[0].Hash)
	k := casefile.Case{ID: "case-crowded", ListingID: rev.ListingID, RevisionID: rev.ID, VerdictID: v.ID, SellerID: Shop, BrandID: Brand, HolderID: Holder,
		Title: rev.Offer.Title, Reason: "picture_mark", Proposed: v.Decision, Severity: 3, TurnAt: Now(), State: casefile.Open, DueAt: Now().Add(time.Hour), CreatedAt: Now(), UpdatedAt: Now()}
	s.must(s.Store.PutCase(s.t.Context(), k))
	return k
}

func (s *Stage) verdict(rev listing.Revision, picture string) verdict.Verdict {
	s.t.Helper()
	a, err := s.Store.Asset(s.t.Context(), MarkAsset)
	s.must(err)
	distance := 12
	sight := &signal.Sighting{Hash: picture, AssetPicture: a.Picture, AssetOutline: []signal.Point{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 1, Y: 1}, {X: 0, Y: 1}},
		Distance: &distance, Inliers: 44, Correlation: .93, Rotation: 3}
	for _, p := range logoOutline {
		sight.Outline = append(sight.Outline, signal.Point{X: p[0], Y: p[1]})
	}
	title := rev.Offer.Title
	v := verdict.Verdict{ID: "verdict-" + rev.ID, RevisionID: rev.ID, ListingID: rev.ListingID, Decision: verdict.Block, Score: .96, Matched: []string{MarkAsset},
		Policy: policy.Default().Version(), Detectors: []string{"keypoint/1", "words/1", "papers/1"}, TookMS: 41.5, CreatedAt: Now(),
		Signals: []signal.Signal{
			{Kind: signal.PictureMark, Detector: "keypoint/1", AssetID: MarkAsset, BrandID: Brand, RightID: Right, Score: .96, Sighting: sight},
			{Kind: signal.TextName, Detector: "words/1", AssetID: NameAsset, BrandID: Brand, Score: .8,
				Spans:   []signal.Span{{Field: "title", Start: 0, End: min(4, len(title)), Text: title[:min(4, len(title))], Matched: "BOLT", Disguises: []string{"zero_width"}}, {Field: "title", Start: 2, End: 900}, {Field: "description", Start: -5, End: 3}},
				For:     []signal.Factor{{Code: "name_registered", Weight: .4}, {Code: "price_tiny", Weight: .3}},
				Against: []signal.Factor{{Code: "name_ordinary", Weight: -.1}}},
			{Kind: signal.SellerUnlicensed, Detector: "papers/1", BrandID: Brand, Score: .9, For: []signal.Factor{{Code: "licence_revoked", Weight: 1}}},
		},
		Reasons: []verdict.Reason{{Rule: "picture-mark", Code: "picture_mark", Decision: verdict.Block, Signals: []int{0}}, {Rule: "text-name", Code: "text_name", Decision: verdict.Review, Signals: []int{1, 99}},
			{Rule: "unlicensed", Code: "seller_unlicensed", Decision: verdict.Review, Signals: []int{2}}}}
	s.must(s.Store.PutVerdict(s.t.Context(), v))
	return v
}
