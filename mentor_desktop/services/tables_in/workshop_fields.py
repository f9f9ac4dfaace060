"""Headings of tables about projects, agendas and programmes in the nine languages.

Order of the languages: en, ro, cs, bg, sl, lt, lv, sv, fi.
"""

from mentor_desktop.i18n import N_
from mentor_desktop.services.tables_in.fields import Catalogue, Field

_TITLE_WORDS = (
    "title, name | titlu, titlul, denumire | název, titul | заглавие, наименование | naslov, naziv"
    " | pavadinimas | nosaukums | titel, namn | otsikko, nimi"
)
_CODE_WORDS = "code | cod | kód | код | koda, šifra | kodas | kods | kod | koodi, tunnus"
_METHOD = Field(
    "method",
    N_("Method"),
    "method, methods | metodă, metode | metoda, metody | метод, методи | metoda, metode"
    " | metodas, metodai | metode, metodes | metod, metoder | menetelmä, menetelmät",
)
_MATERIALS = Field(
    "materials",
    N_("Materials"),
    "materials, material | materiale, material | materiály, materiál, pomůcky | материали, материал"
    " | gradiva, gradivo | medžiaga, priemonės | materiāli, materiāls | material | materiaalit,"
    " materiaali",
)
_LANGUAGES = Field(
    "languages",
    N_("Languages"),
    "languages, language | limbi, limba | jazyky, jazyk | езици, език | jeziki, jezik"
    " | kalbos, kalba | valodas, valoda | språk | kielet, kieli",
)

PLAN = Catalogue(
    (
        Field(
            "workshop_code",
            N_("Code of the workshop"),
            "workshop code, workshop | cod atelier, atelier | kód workshopu, workshop"
            " | код на работилницата, работилница | koda delavnice, delavnica"
            " | seminaro kodas, seminaras | darbnīcas kods, darbnīca | workshopkod, workshop"
            " | työpajan koodi, työpaja",
        ),
        Field(
            "day",
            N_("Day"),
            "day, day number | zi, ziua | den | ден | dan | diena | diena | dag | päivä",
        ),
        Field(
            "date",
            N_("Date"),
            "date | data, dată | datum | дата | datum | data | datums | datum | päivämäärä, pvm",
        ),
        Field(
            "slot",
            N_("Half-day"),
            "slot, half-day, slot code | interval, jumătate de zi | blok, půlden"
            " | полудневие, половин ден | termin, poldan | pusdienis, dalis | pusdiena, daļa"
            " | halvdag, pass | puolipäivä, jakso",
        ),
        Field(
            "seq",
            N_("Number"),
            "seq, number, no, order | nr, număr, ordine | číslo, pořadí, č | номер, ред, №"
            " | številka, št, vrstni red | numeris, nr, eilė | numurs, secība | nummer, ordning"
            " | numero, nro, järjestys",
        ),
        Field(
            "start",
            N_("From"),
            "start, from, begin, start time, starts at | început, de la, ora de început"
            " | začátek, od | начало, от | začetek, od | pradžia, nuo | sākums | start, från, börjar"
            " | alku, alkaa, alkaen",
        ),
        Field(
            "end",
            N_("To"),
            "end, to, until, end time, ends at | sfârșit, până la, ora de sfârșit | konec, do"
            " | край, до | konec, do | pabaiga, iki | beigas, līdz | slut, till, slutar"
            " | loppu, päättyy, asti",
        ),
        Field(
            "minutes",
            N_("Minutes"),
            "minutes, duration, duration min, length | minute, durată | minuty, délka, trvání"
            " | минути, продължителност | minute, trajanje | minutės, trukmė | minūtes, ilgums"
            " | minuter, längd | minuutit, kesto",
        ),
        Field(
            "counts_for_attendance",
            N_("Counts as attendance"),
            "counts for attendance, counts, counted | se contorizează, contează | počítá se, započítává se"
            " | брои се, отчита се | šteje, se šteje | skaičiuojama, įskaitoma | tiek skaitīts, ieskaita"
            " | räknas, räknas som närvaro | lasketaan, lasketaan läsnäoloksi",
        ),
        Field(
            "session_type",
            N_("Type"),
            "session type, type, item type, kind | tip, tipul sesiunii | typ, druh | вид, тип | vrsta, tip"
            " | tipas, rūšis | veids, tips | typ | tyyppi, laji",
        ),
        Field(
            "session_title",
            N_("Title"),
            "session title, title, topic, item, agenda item, activity, subject"
            " | titlul sesiunii, titlu, temă, subiect, activitate | název, téma, program, bod programu"
            " | заглавие, тема, точка, дейност | naslov, tema, točka, dejavnost"
            " | pavadinimas, tema, veikla | nosaukums, tēma, nodarbība | titel, tema, ämne, aktivitet,"
            " programpunkt | otsikko, aihe, ohjelma, ohjelmakohta",
            by_language=True,
        ),
        Field(
            "unit_code",
            N_("Code of the unit"),
            "unit code, unit | cod unitate, unitate | kód jednotky, jednotka | код на единицата, единица"
            " | koda enote, enota | temos kodas, vieneto kodas | vienības kods, vienība"
            " | enhetskod, enhet | yksikön koodi, yksikkö",
        ),
        _METHOD,
        Field(
            "facilitator_role",
            N_("Led by"),
            "facilitator role, facilitator, led by, trainer | facilitator, formator, rol facilitator"
            " | vede, lektor, facilitátor | водещ, обучител, фасилитатор | vodi, izvajalec, moderator"
            " | veda, vedėjas, lektorius | vada, vadītājs, lektors | leds av, ledare, utbildare"
            " | vetäjä, ohjaaja, kouluttaja",
        ),
        Field(
            "group_format",
            N_("Group format"),
            "group format, format, grouping | format, mod de grupare | forma, forma práce, skupiny"
            " | формат, групи | oblika dela, oblika | forma, grupavimas | forma, grupas"
            " | gruppform, form | ryhmämuoto, muoto",
        ),
        Field(
            "room",
            N_("Room"),
            "room, place, venue, hall | sală, sala, loc | místnost, místo, sál | зала, място, стая"
            " | prostor, soba, dvorana | patalpa, salė, vieta | telpa, zāle, vieta | rum, lokal, sal, plats"
            " | huone, tila, sali, paikka",
        ),
        _MATERIALS,
        Field(
            "print_before",
            N_("To be printed before"),
            "print before, to print, prints | de tipărit, tipărituri | vytisknout, k tisku"
            " | за печат, да се отпечата | natisni, za tisk | atspausdinti, spausdinti"
            " | izdrukāt, drukāt | skriv ut, att skriva ut | tulosta, tulostettavat",
        ),
    ),
    required=(("date",), ("start",), ("end",), ("session_title",)),
)

PROGRAMME = Catalogue(
    (
        Field(
            "row_type",
            N_("Kind of row"),
            "row type, type, kind, level | tip rând, tip | typ řádku, typ | вид ред, вид, тип"
            " | vrsta vrstice, vrsta, tip | eilutės tipas, tipas | rindas veids, veids | radtyp, typ"
            " | rivityyppi, tyyppi",
        ),
        Field("code", N_("Code"), _CODE_WORDS),
        Field(
            "parent_code",
            N_("Code of the parent"),
            "parent code, parent, belongs to | cod părinte, părinte | nadřazený kód, nadřazený"
            " | код на горното ниво, част от | koda nadrejenega, nadrejeni | viršesnis kodas, priklauso"
            " | augstāka līmeņa kods, pieder | överordnad kod, tillhör | ylätason koodi, kuuluu",
        ),
        Field(
            "seq",
            N_("Number"),
            "seq, number, no, order | nr, număr, ordine | číslo, pořadí | номер, ред"
            " | številka, vrstni red | numeris, eilė | numurs, secība | nummer, ordning"
            " | numero, järjestys",
        ),
        Field("title", N_("Title"), _TITLE_WORDS, by_language=True),
        Field(
            "delivery_mode",
            N_("Way of delivery"),
            "delivery mode, delivery, mode | mod de livrare, mod | způsob výuky, forma"
            " | начин на провеждане, форма | način izvedbe, izvedba | vykdymo būdas, forma"
            " | īstenošanas veids, forma | genomförande, form | toteutustapa, toteutus",
        ),
        Field(
            "hours_f2f",
            N_("Hours face to face"),
            "hours f2f, face to face hours, hours face to face, contact hours"
            " | ore față în față, ore prezențiale | prezenční hodiny, hodiny prezenčně"
            " | присъствени часове | ure v živo, kontaktne ure | kontaktinės valandos, auditorinės valandos"
            " | klātienes stundas | timmar på plats, lärarledda timmar | lähiopetustunnit, lähitunnit",
        ),
        Field(
            "hours_online",
            N_("Hours online"),
            "hours online, online hours | ore online | hodiny online, online hodiny | онлайн часове"
            " | ure na spletu, spletne ure | nuotolinės valandos | tiešsaistes stundas"
            " | timmar online | verkkotunnit, etätunnit",
        ),
        Field(
            "hours_self",
            N_("Hours of self-study"),
            "hours self, self-study hours, self study, hours self-study"
            " | ore studiu individual, studiu individual | hodiny samostudia, samostudium"
            " | часове самоподготовка, самоподготовка | ure samostojnega dela, samostojno delo"
            " | savarankiško darbo valandos, savarankiškas darbas | patstāvīgā darba stundas"
            " | timmar självstudier, självstudier | itsenäisen työn tunnit, itseopiskelu",
        ),
        Field(
            "hours_total",
            N_("Hours in all"),
            "hours total, total hours, hours | total ore, ore | hodin celkem, hodiny"
            " | общо часове, часове | skupaj ur, ure | iš viso valandų, valandos | kopā stundas, stundas"
            " | timmar totalt, timmar | tunnit yhteensä, tunnit",
        ),
        Field("eqf_level", N_("EQF level"), " | ".join(["eqf level, eqf"] + ["eqf"] * 8)),
        Field(
            "outcome_type",
            N_("Type of outcome"),
            "outcome type, type of outcome | tip rezultat | typ výsledku | вид резултат"
            " | vrsta izida | rezultato tipas | rezultāta veids | typ av resultat | tuloksen tyyppi",
        ),
        Field(
            "outcome_text",
            N_("Text of the outcome"),
            "outcome text, learning outcome, outcome | rezultatul învățării, rezultat"
            " | výsledek učení, výsledek | резултат от ученето, резултат | učni izid, izid"
            " | mokymosi rezultatas, rezultatas | mācīšanās rezultāts, rezultāts"
            " | läranderesultat, resultat | oppimistulos, tulos",
            by_language=True,
        ),
        Field("methods", _METHOD.label, _METHOD.words),
        Field(
            "assessment",
            N_("Assessment"),
            "assessment, evaluation | evaluare | hodnocení | оценяване, оценка | ocenjevanje"
            " | vertinimas | vērtēšana | bedömning, examination | arviointi",
        ),
        _MATERIALS,
        _LANGUAGES,
        Field(
            "licence",
            N_("Licence"),
            "licence, license | licență | licence | лиценз | licenca | licencija | licence | licens"
            " | lisenssi",
        ),
    ),
    required=(("row_type",), ("code",), ("title", "outcome_text")),
)

PROJECT = Catalogue(
    (
        Field(
            "title",
            N_("Title"),
            "title, project title, name of project, project | titlu, titlul proiectului, proiect"
            " | název, název projektu, projekt | заглавие, име на проекта, проект"
            " | naslov, naziv projekta, projekt | pavadinimas, projekto pavadinimas, projektas"
            " | nosaukums, projekta nosaukums, projekts | titel, projektets titel, projekt"
            " | nimi, hankkeen nimi, hanke",
        ),
        Field(
            "acronym",
            N_("Acronym"),
            "acronym, short title | acronim | zkratka, akronym | акроним, съкращение | kratica, akronim"
            " | akronimas, santrumpa | akronīms, saīsinājums | akronym, förkortning | lyhenne, akronyymi",
        ),
        Field(
            "number",
            N_("Project number"),
            "number, project number, agreement number, reference | număr, numărul proiectului"
            " | číslo, číslo projektu | номер, номер на проекта | številka, številka projekta"
            " | numeris, projekto numeris | numurs, projekta numurs | nummer, projektnummer"
            " | numero, hankkeen numero, hankenumero",
        ),
        Field(
            "programme",
            N_("Funding programme"),
            "programme, program, funding programme | program, programul de finanțare"
            " | program, dotační program | програма | program | programa | programma | program"
            " | ohjelma, rahoitusohjelma",
        ),
        Field(
            "action",
            N_("Action"),
            "action, key action | acțiune, acțiunea | akce, klíčová akce | дейност, ключова дейност"
            " | ukrep, ključni ukrep | veiksmas, pagrindinis veiksmas | pamatdarbība, darbība"
            " | åtgärd, insats | toimi, toimenpide",
        ),
        Field(
            "starts_on",
            N_("Start"),
            "starts on, start, start date, from | început, data de început | začátek, datum zahájení"
            " | начало, начална дата | začetek, datum začetka | pradžia, pradžios data"
            " | sākums, sākuma datums | start, startdatum | alku, alkamispäivä",
        ),
        Field(
            "ends_on",
            N_("End"),
            "ends on, end, end date, to | sfârșit, data de sfârșit | konec, datum ukončení"
            " | край, крайна дата | konec, datum konca | pabaiga, pabaigos data"
            " | beigas, beigu datums | slut, slutdatum | loppu, päättymispäivä",
        ),
        Field(
            "funding_model",
            N_("Way of funding"),
            "funding model, funding | model de finanțare | způsob financování | модел на финансиране"
            " | način financiranja | finansavimo modelis | finansējuma veids | finansieringsmodell"
            " | rahoitusmalli",
        ),
        Field(
            "granting_authority",
            N_("Granting authority"),
            "granting authority, funder, national agency | autoritatea finanțatoare, finanțator"
            " | poskytovatel, národní agentura | финансираща организация, национална агенция"
            " | financer, nacionalna agencija | finansuotojas, nacionalinė agentūra"
            " | finansētājs, nacionālā aģentūra | finansiär, nationellt kontor"
            " | rahoittaja, kansallinen toimisto",
        ),
        Field(
            "funding_statement",
            N_("Funding statement"),
            "funding statement | declarație de finanțare | prohlášení o financování"
            " | текст за финансирането | izjava o financiranju | finansavimo pareiškimas"
            " | paziņojums par finansējumu | finansieringstext | rahoituslauseke",
            by_language=True,
        ),
        Field(
            "disclaimer",
            N_("Disclaimer"),
            "disclaimer | declinarea responsabilității | vyloučení odpovědnosti | отказ от отговорност"
            " | zavrnitev odgovornosti | atsakomybės ribojimas | atruna | ansvarsfriskrivning"
            " | vastuuvapauslauseke",
            by_language=True,
        ),
        Field(
            "retention_rule",
            N_("How long papers are kept"),
            "retention rule, retention, keep until | regula de păstrare | doba uchování"
            " | срок за съхранение | rok hrambe | saugojimo terminas | glabāšanas termiņš"
            " | bevarandetid | säilytysaika",
        ),
    ),
    required=(("title",), ("number",)),
)
