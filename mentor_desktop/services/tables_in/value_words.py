"""What people write in cells for gender, yes and no, states and marks, in the nine languages.

Order of the languages: en, ro, cs, bg, sl, lt, lv, sv, fi.
"""

GENDERS = {
    "female": "female, woman, girl, f, w | femeie, feminin, feminină, fată | žena, ženské, ženský, ž"
    " | жена, женски, женски пол, ж | ženska, ženski, ženski spol, ž | moteris, moteriška, mot"
    " | sieviete, sieviešu, s | kvinna, kvinnlig, k | nainen, n",
    "male": "male, man, boy, m | bărbat, masculin, băiat | muž, mužské, mužský | мъж, мъжки, мъжки пол"
    " | moški, moški spol | vyras, vyriška, vyr, v | vīrietis, vīriešu, v | man, manlig | mies",
    "non_binary": "non-binary, nb, diverse | nonbinar, non-binar, nonbinară | nebinární"
    " | небинарен, небинарна, небинарно | nebinaren, nebinarna, nebinarno"
    " | nebinarinis, nebinarus, nebinarė | nebinārs, nebināra | icke-binär | muunsukupuolinen,"
    " ei-binäärinen",
    "self_described": "self-described, other, prefer to self-describe | altul, alta, alt | jiné, jiný,"
    " jiná | друго, друг, друга | drugo | kita, kitas | cits, cita | annat, annan | muu",
    "undisclosed": "undisclosed, prefer not to say, not stated, unknown, no answer, n/a"
    " | nespecificat, nu doresc să răspund, prefer să nu spun | neuvedeno, nechci uvádět, neuvádím"
    " | непосочен, не желая да отговоря, без отговор, предпочитам да не казвам"
    " | nerazkrito, ne želim odgovoriti, brez odgovora | nenurodyta, nenoriu nurodyti, neatskleista"
    " | nav norādīts, nevēlos norādīt | ej angivet, vill inte ange, vill ej uppge"
    " | ei ilmoitettu, en halua kertoa, en halua vastata",
}

YES_NO = {
    "yes": "yes, y, true, 1, x, ✓, ✔ | da | ano | да | da | taip, t | jā | ja, j | kyllä, k, joo",
    "no": "no, n, false, 0 | nu | ne | не | ne | ne | nē | nej | ei, e",
}

PHOTO_CHOICES = {
    "yes_all": "yes, y, true, 1, x, all, all photos | da, toate | ano, všechny | да, всички | da, vse"
    " | taip, visos | jā, visas | ja, alla | kyllä, kaikki",
    "group_only": "group only, only group, group, group photos only, only in groups"
    " | doar în grup, numai în grup, doar grup | jen skupinové, jen ve skupině, pouze ve skupině"
    " | само групови, само в група, само групово | samo skupinske, samo v skupini"
    " | tik grupinės, tik grupėje, tik su grupe | tikai grupā, tikai grupas, tikai grupas foto"
    " | endast grupp, bara i grupp, endast gruppbilder | vain ryhmäkuvat, vain ryhmässä",
    "no": "no, n, false, 0, none | nu | ne | не | ne | ne | nē | nej | ei",
    "not_asked": "not asked, unknown | neîntrebat, nu a fost întrebat | nedotázán, nezeptán"
    " | непопитан, не е питан | ni vprašan, ni vprašano | neklausta, nepaklausta | nav jautāts"
    " | inte tillfrågad, ej tillfrågad | ei kysytty",
}

SECTORS = {
    "education": "education, school, educational | educație, învățământ, școală"
    " | vzdělávání, školství, škola | образование, училище | izobraževanje, šolstvo, šola"
    " | švietimas, ugdymas, mokykla | izglītība, skola | utbildning, skola | koulutus, opetus, koulu",
    "business": "business, company, enterprise, private | afaceri, companie, firmă, întreprindere,"
    " privat | podnik, firma, podnikání, soukromý | бизнес, фирма, предприятие, частен"
    " | podjetje, gospodarstvo, zasebni | verslas, įmonė, privatus | uzņēmums, bizness, privāts"
    " | företag, näringsliv, privat | yritys, yksityinen, elinkeinoelämä",
    "ngo": "ngo, non-profit, civil society, association, non-governmental organisation"
    " | ong, asociație, neguvernamental | nno, nevládní organizace, nezisková organizace, spolek"
    " | нпо, неправителствена организация, сдружение | nvo, nevladna organizacija, društvo"
    " | nvo, nevyriausybinė organizacija, asociacija | nvo, nevalstiskā organizācija, biedrība"
    " | ideell, förening, civilsamhälle, ideell organisation | järjestö, yhdistys, kansalaisjärjestö",
    "public": "public, public sector, public body, authority, government, municipality"
    " | public, sector public, instituție publică, primărie | veřejný, veřejná správa, veřejný sektor,"
    " obec | публичен, държавен, обществен, община, публичен сектор | javni, javni sektor, občina"
    " | viešasis, viešasis sektorius, savivaldybė | publiskais, publiskais sektors, pašvaldība"
    " | offentlig, offentlig sektor, kommun | julkinen, julkinen sektori, kunta",
    "other": "other | altul, altele, alt | jiné, ostatní | друго, други | drugo | kita, kitas"
    " | cits, cita | annat, övrigt | muu",
}

REGISTRATIONS = {
    "invited": "invited | invitat, invitată | pozván, pozvána, pozvaný | поканен, поканена"
    " | povabljen, povabljena | pakviestas, pakviesta | uzaicināts, uzaicināta, ielūgts | inbjuden"
    " | kutsuttu",
    "registered": "registered, signed up | înregistrat, înregistrată, înscris, înscrisă"
    " | registrován, registrována, přihlášen, přihlášena | регистриран, регистрирана, записан, записана"
    " | prijavljen, prijavljena, registriran | registruotas, registruota, užsiregistravo"
    " | reģistrēts, reģistrēta, pieteicies, pieteikusies | anmäld, registrerad"
    " | ilmoittautunut, rekisteröity",
    "confirmed": "confirmed | confirmat, confirmată | potvrzen, potvrzena, potvrzeno"
    " | потвърден, потвърдена, потвърдено | potrjen, potrjena, potrjeno"
    " | patvirtintas, patvirtinta, patvirtino | apstiprināts, apstiprināta | bekräftad | vahvistettu,"
    " vahvistanut",
    "waiting_list": "waiting list, waitlist, waitlisted | listă de așteptare, pe lista de așteptare"
    " | čekací listina, náhradník, náhradnice | списък на чакащите, чакащ, чакаща"
    " | čakalna lista, na čakalni listi | laukiančiųjų sąrašas, laukia | gaidīšanas saraksts, rezervē"
    " | väntelista, reserv | jonotuslista, varasija, varalla",
    "declined": "declined, refused | refuzat | odmítl, odmítla, odmítnuto | отказал, отказала, отказано"
    " | zavrnil, zavrnila, zavrnjeno | atsisakė | atteicās, atteicies | avböjd, tackat nej"
    " | kieltäytynyt",
    "cancelled": "cancelled, canceled | anulat, anulată | zrušeno, zrušen, odhlášen, odhlášena"
    " | отменен, отменена, отменено, анулирано | odpovedano, preklicano, odjavljen, odjavljena"
    " | atšaukta, atšauktas, atšaukė | atcelts, atcelta | avbokad, inställd, avanmäld"
    " | peruttu, peruutettu, perunut",
    "no_show": "no-show, did not come | nu s-a prezentat, neprezentat | nedostavil se, nedostavila se"
    " | не се яви, неявил се | ni prišel, ni prišla | neatvyko | neieradās | uteblev, utebliven"
    " | ei saapunut, ei tullut",
    "attending": "attending, attends, taking part | participă | účastní se | участва"
    " | se udeležuje, udeležen, udeležena | dalyvauja | piedalās | deltar | osallistuu",
    "completed": "completed, finished | finalizat, absolvit | dokončeno, dokončil, dokončila"
    " | завършил, завършила, завършено | zaključil, zaključila, končano | baigė, baigta"
    " | pabeidzis, pabeigusi, pabeigts | slutfört, genomfört, avslutad | suorittanut, suoritettu",
    "withdrew": "withdrew, withdrawn | retras, retrasă, s-a retras | odstoupil, odstoupila"
    " | оттеглил се, оттеглила се, напуснал, напуснала | odstopil, odstopila | pasitraukė"
    " | izstājies, izstājusies, izstājās | avbrutit, hoppat av | keskeyttänyt",
    "walk_in": "walk-in, on the spot, unannounced | la fața locului, neanunțat"
    " | bez přihlášení, na místě | на място, без записване | brez prijave, na mestu"
    " | be registracijos, vietoje | uz vietas, bez pieteikšanās | drop-in, på plats, oanmäld"
    " | paikan päällä, ilmoittautumatta",
}

ATTENDANCE = {
    "present": "present, p, here, 1, x, ✓, ✔ | prezent, prezentă | přítomen, přítomna, přítomný"
    " | присъства, присъствал, присъствала, тук | prisoten, prisotna | dalyvavo, dalyvauja, yra"
    " | piedalījās, klāt | närvarande, deltog | paikalla, läsnä, osallistui",
    "late": "late, l | întârziat, întârziată, întârziere | pozdě, opožděn, opožděna, pozdní příchod"
    " | закъсня, закъснял, закъсняла, закъснение | zamudil, zamudila, pozno"
    " | vėlavo, pavėlavo, vėluoja | nokavēja, kavēja | sen, försenad | myöhässä, myöhästyi",
    "left_early": "left early, v | plecat devreme, plecat mai devreme, plecată mai devreme"
    " | odešel dříve, odešla dříve | тръгна по-рано, тръгнал по-рано, тръгнала по-рано"
    " | odšel prej, odšla prej | išėjo anksčiau | aizgāja agrāk, aizgāja ātrāk"
    " | gick tidigt, gick tidigare, lämnade tidigt | lähti aiemmin, lähti aikaisin",
    "partial": "partial, t, partly | parțial | částečně | частично | delno | iš dalies | daļēji"
    " | delvis | osittain, osan ajasta",
    "remote": "remote, r, online | la distanță, online | na dálku, dálkově | онлайн, дистанционно"
    " | na daljavo, spletno | nuotoliu, nuotoliniu būdu | attālināti, tiešsaistē"
    " | på distans, distans | etänä, etäyhteydellä",
    "excused": "excused, e | motivat, motivată | omluven, omluvena | извинен, извинена,"
    " с уважителна причина | opravičen, opravičena | pateisinta, pateisintas, pateisinama priežastis"
    " | attaisnots, attaisnota | giltigt frånvarande, anmäld frånvaro"
    " | ilmoittanut poissaolosta, luvallinen poissaolo",
    "absent": "absent, a, 0 | absent, absentă | nepřítomen, nepřítomna, chyběl, chyběla"
    " | отсъства, отсъствал, отсъствала | odsoten, odsotna | nedalyvavo, nebuvo"
    " | nepiedalījās, nav klāt | frånvarande | poissa",
    "not_required": "not required, n, not needed | nu este necesar, nu e cazul"
    " | nepožadováno, netýká se | не се изисква, не е задължително | ni potrebno, ni obvezno"
    " | nebūtina, neprivaloma | nav nepieciešams, nav obligāti | krävs inte, ej aktuellt"
    " | ei vaadita, ei tarvita",
    "expected": "expected | așteptat, așteptată | očekáván, očekávána | очакван, очаквана"
    " | pričakovan, pričakovana | laukiamas, laukiama | gaidāms, gaidāma | väntad, förväntad"
    " | odotettu",
}

RELATIONS = {
    "own": "own, ours, us | proprie, a noastră | vlastní, naše | собствена, наша | lastna, naša"
    " | sava, mūsų | sava, mūsu | egen, vår | oma, meidän",
    "partner": "partner, co-beneficiary, associated partner | partener, parteneră | partner,"
    " partnerská | партньор, партньорска | partner, partnerica, partnerska | partnerė, partneris"
    " | partneris, partnere | partner | kumppani, yhteistyökumppani, partneri",
    "external": "external, outside | extern, externă | externí, vnější | външна, външен"
    " | zunanja, zunanji | išorinė, išorės | ārēja, ārējs | extern | ulkopuolinen, ulkoinen",
}

ITEM_TYPES = {
    "registration": "registration, arrival | înregistrare, sosire | registrace, prezence, příjezd"
    " | регистрация, пристигане | registracija, prihod | registracija, atvykimas"
    " | reģistrācija, ierašanās | registrering, ankomst | ilmoittautuminen, saapuminen",
    "opening": "opening, welcome | deschidere | zahájení | откриване | otvoritev, uvod | atidarymas"
    " | atklāšana | öppning, inledning | avaus",
    "learning": "learning, session, lecture | învățare, sesiune | výuka, učení | обучение, сесия"
    " | učenje, predavanje | mokymasis, mokymai, paskaita | mācības, nodarbība | lärande, föreläsning"
    " | oppiminen, koulutus, luento",
    "practice": "practice, exercise | practică, exercițiu | praxe, cvičení | практика, упражнение"
    " | praksa, vaja | praktika, pratybos | prakse, vingrinājums | praktik, övning"
    " | harjoittelu, harjoitus",
    "evaluation": "evaluation | evaluare | hodnocení, evaluace | оценка, оценяване"
    " | evalvacija, vrednotenje | vertinimas | novērtēšana, izvērtējums | utvärdering | arviointi",
    "closing": "closing | închidere, încheiere | zakončení, závěr | закриване | zaključek"
    " | uždarymas, pabaiga | noslēgums | avslutning | päätös, lopetus",
    "break": "break, coffee break, coffee | pauză, pauză de cafea | přestávka, přestávka na kávu"
    " | почивка, кафе пауза | odmor | pertrauka, kavos pertrauka | pārtraukums, kafijas pauze"
    " | paus, fika | tauko, kahvitauko",
    "meal": "meal, lunch, dinner, breakfast | masă, prânz, cină | jídlo, oběd, večeře"
    " | хранене, обяд, вечеря | obrok, kosilo, večerja | maitinimas, pietūs, vakarienė"
    " | ēdināšana, pusdienas, vakariņas | måltid, lunch, middag | ruokailu, lounas, illallinen",
    "social": "social, evening programme | social, program social | společenský program"
    " | социална програма | družabni program | socialinė programa, vakaro programa"
    " | saviesīgā daļa, kultūras programma | social aktivitet, kvällsprogram | iltaohjelma, vapaa-aika",
    "travel": "travel, transfer | transport, călătorie | cesta, doprava | пътуване, транспорт"
    " | prevoz, pot | kelionė | ceļš, brauciens | resa | matka, kuljetus",
}

FUNDERS = {
    "erasmus_plus": "Erasmus+, Erasmus plus | Erasmus+ | Erasmus+ | Еразъм+, Еразмус+ | Erasmus+"
    " | Erasmus+ | Erasmus+ | Erasmus+ | Erasmus+",
    "nordplus": "Nordplus | Nordplus | Nordplus | Нордплюс | Nordplus | Nordplus | Nordplus | Nordplus"
    " | Nordplus",
    "national": "national | național | národní | национална | nacionalni | nacionalinė | nacionālā"
    " | nationell | kansallinen",
    "other": "other | alt, altul, altele | jiný, jiné | друга, друго | drugo | kita | cits, cita"
    " | annat | muu",
}

FUNDING_MODELS = {
    "unit_cost": "unit cost, unit costs | costuri unitare, cost unitar | jednotkové náklady"
    " | единични разходи | stroški na enoto | vieneto išlaidos, vieneto įkainiai | vienības izmaksas"
    " | enhetskostnad, enhetskostnader | yksikkökustannus, yksikkökustannukset",
    "lump_sum": "lump sum, lump sums | sumă forfetară | paušální částka, paušál | еднократна сума"
    " | pavšalni znesek, pavšal | vienkartinė suma, fiksuotoji suma | vienreizējs maksājums"
    " | klumpsumma, engångsbelopp | kertakorvaus",
    "real_cost": "real cost, real costs, actual costs | costuri reale | skutečné náklady"
    " | действителни разходи | dejanski stroški | faktinės išlaidos | faktiskās izmaksas"
    " | faktiska kostnader | todelliset kustannukset",
    "none": "none, no funding | fără | žádné | няма | brez | nėra | nav | ingen | ei mitään, ei rahoitusta",
}

ROW_TYPES = {
    "programme": "programme, program, curriculum | program | program | програма | program | programa"
    " | programma | program | ohjelma",
    "module": "module | modul | modul | модул | modul | modulis | modulis | modul | moduuli",
    "unit": "unit | unitate | jednotka | единица | enota | tema, vienetas | vienība, tēma | enhet"
    " | yksikkö",
    "outcome": "outcome, learning outcome | rezultat, rezultat al învățării | výsledek, výsledek učení"
    " | резултат, резултат от ученето | izid, učni izid | rezultatas, mokymosi rezultatas"
    " | rezultāts, mācīšanās rezultāts | resultat, läranderesultat | tulos, oppimistulos",
}

OUTCOME_TYPES = {
    "knowledge": "knowledge, k | cunoștințe | znalosti, znalost | знания, знание | znanje | žinios"
    " | zināšanas | kunskap, kunskaper | tieto, tiedot",
    "skill": "skill, skills, s | abilități, abilitate | dovednosti, dovednost | умения, умение"
    " | spretnost, spretnosti | gebėjimai, įgūdžiai | prasmes, prasme | färdighet, färdigheter"
    " | taito, taidot",
    "responsibility_autonomy": "responsibility and autonomy, responsibility, autonomy, ra"
    " | responsabilitate și autonomie | odpovědnost a samostatnost"
    " | отговорност и самостоятелност, отговорност и автономност | odgovornost in samostojnost"
    " | atsakomybė ir savarankiškumas | atbildība un patstāvība | ansvar och självständighet"
    " | vastuu ja itsenäisyys",
}

DELIVERY_MODES = {
    "face_to_face": "face to face, in person, f2f | față în față, cu prezență | prezenčně, prezenční"
    " | присъствено, присъствена | v živo | kontaktinis, gyvai | klātienē | på plats | lähiopetus",
    "online_live": "online live, live online, online | online live, online | online živě, online"
    " | онлайн на живо, онлайн | na spletu v živo | nuotolinis tiesiogiai, nuotolinis"
    " | tiešsaistē | online i realtid | verkossa reaaliaikaisesti",
    "online_self_paced": "online self-paced, self-paced | online în ritm propriu, autonom"
    " | online vlastním tempem | онлайн самостоятелно | na spletu v lastnem tempu"
    " | nuotolinis savo tempu | tiešsaistē savā tempā | online i egen takt"
    " | verkossa omaan tahtiin",
    "blended": "blended, hybrid | mixt, hibrid | kombinovaně, kombinovaná | смесено, смесена"
    " | kombinirano | mišrus | jaukts, kombinēts | blandat | monimuoto",
    "work_based": "work-based, at work | la locul de muncă | při práci, na pracovišti"
    " | на работното място | na delovnem mestu | darbo vietoje | darba vietā | arbetsplatsförlagt"
    " | työssä oppiminen, työpaikalla",
}
