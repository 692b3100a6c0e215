export const marking = 'Synthetic slices are not for diagnostic use';

/** The report's style sheet; prints well on paper in portrait. */
export const style = `
:root{color-scheme:light}
body{font:15px/1.45 system-ui,sans-serif;color:#1d1d1f;background:#fff;margin:2rem auto;max-width:1180px;padding:0 1.5rem}
h1{font-size:1.7rem;margin:0}h2{font-size:1.2rem;margin:2.2rem 0 .6rem;border-bottom:1px solid #ddd;padding-bottom:.25rem}
.marking{margin:.2rem 0 1rem;color:#8c1d18;font-weight:600}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(240px,1fr));gap:.4rem 1.5rem;margin:0}
dt{font-size:.78rem;color:#555}dd{margin:0;overflow-wrap:anywhere}
.findings{background:#f3f6fb;border-left:4px solid #2b5fb4;padding:.1rem 1.2rem .6rem;margin-top:1.5rem}
.limits{background:#fdf6e7;border-left:4px solid #8a5a00;padding:.1rem 1.2rem .6rem;margin-top:1rem}
.findings h2,.limits h2{border:0;margin:.8rem 0 .3rem}ul{margin:.3rem 0;padding-left:1.2rem}li{margin:.25rem 0}
h3{font-size:1rem;margin:1.2rem 0 .3rem}.said{border-left:4px solid #2b5fb4;padding:.3rem .9rem;background:#f3f6fb}
table.narrow{width:auto;min-width:420px}.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.35rem .6rem .35rem 0;border-bottom:1px solid #e5e5e5;vertical-align:top}
thead th{font-size:.8rem;color:#444;border-bottom:2px solid #bbb}tbody th{font-weight:600;max-width:330px}td{min-width:3.2em}td small{white-space:nowrap}
small{display:block;font-weight:400;color:#555;font-size:.78rem}.none{color:#777}
.good{font-size:.8rem;color:#555}.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;font-size:.88rem}.legend svg{vertical-align:-3px}
.plot{max-width:100%;font-size:11px}.warned{background:#fdf0ee}
.sheets{display:grid;grid-template-columns:1fr 1fr;gap:1.2rem}.pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(190px,1fr));gap:1rem;margin-top:1rem}
figure{margin:0}img{max-width:100%;display:block}figcaption{font-size:.8rem;color:#444;margin-top:.3rem}
footer{margin:2.5rem 0 1rem;color:#555;font-size:.85rem;border-top:1px solid #ddd;padding-top:.6rem}
@media print{body{margin:0;max-width:none;font-size:11px}h2{break-after:avoid}tr,figure{break-inside:avoid}.sheets{grid-template-columns:1fr 1fr}}
`;
