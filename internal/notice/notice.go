// Package notice takes in what people outside say about listings: complaints
// of rights holders and others, checked at intake, answered to the end.
package notice
