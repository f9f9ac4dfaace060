"""Words that people choose first when they make up a password, in the languages besides English.

Nobody's frequency list: the words for password, greetings, love, family, days, months,
animals and football that head every leaked list, in each language. zxcvbn knows English only.
"""

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "lt": """
        slaptažodis slaptas mano labas labadiena sveikas meilė myliu mama tėtis mamytė tėvelis
        lietuva vilnius kaunas klaipėda žalgiris krepšinis saulė saulutė gėlė katinas kačiukas
        šuo šuniukas vasara pavasaris ruduo žiema pirmadienis penktadienis sausis gegužė
        rugsėjis mokykla mokytoja mokytojas draugas drauge sesuo brolis šeima namai laimė
        angelas katytė meškiukas zuikis
    """,
    "ro": """
        parola mea salut bună ziua noroc iubire iubirea dragoste teiubesc mama tata mămica
        familia românia bucurești cluj iași steaua dinamo fotbal soare floare pisica câine cățel
        vara primăvara toamna iarna luni vineri ianuarie mai septembrie școala profesor
        profesoara prieten prietena sora frate casa fericire îngeraș ursulet iepuraș secret
    """,
    "cs": """
        heslo moje ahoj nazdar dobrýden láska miluju miluji máma táta maminka tatínek rodina
        česko praha brno ostrava sparta slavia hokej fotbal slunce sluníčko květina kočka
        kočička pes pejsek léto jaro podzim zima pondělí pátek leden květen září škola učitel
        učitelka kamarád kamarádka sestra bratr domov štěstí andílek medvídek zajíček tajné
        tajemství martin lucie tomáš
    """,
    "bg": """
        парола моя моята здравей здрасти добърден любов обичам обичамте мама татко майка
        семейство българия софия пловдив варна левски цска футбол слънце слънчице цвете котка
        коте куче кученце лято пролет есен зима понеделник петък януари май септември училище
        учител учителка приятел приятелка сестра брат дом щастие ангел ангелче мече зайче тайна
        парола1 parola moqta zdravei obicham lubov bulgaria sofia levski slance kotka kuche
    """,
    "sl": """
        geslo moje živjo zdravo dober dan ljubezen ljubim rad te imam mama ati mami oče družina
        slovenija ljubljana maribor olimpija nogomet sonce sonček roža mačka muca pes kuža
        poletje pomlad jesen zima ponedeljek petek januar maj september šola učitelj učiteljica
        prijatelj prijateljica sestra brat dom sreča angel angelček medvedek zajček skrivnost
    """,
    "lv": """
        parole mana sveiki čau labdien mīlestība mīlu mīla mamma tētis māmiņa ģimene latvija
        rīga liepāja daugavpils dinamo hokejs futbols saule saulīte puķe kaķis kaķītis suns
        sunītis vasara pavasaris rudens ziema pirmdiena piektdiena janvāris maijs septembris
        skola skolotājs skolotāja draugs draudzene māsa brālis mājas laime eņģelis lācītis zaķis
        zaķītis noslēpums
    """,
    "sv": """
        lösenord mitt hej hejsan godmorgon kärlek älskar jagälskardig mamma pappa familj sverige
        stockholm göteborg malmö hammarby djurgården fotboll hockey sol solen blomma katt katten
        hund hunden sommar vår höst vinter måndag fredag januari maj september skola lärare vän
        kompis syster bror hem lycka ängel nalle kanin hemlig hemlighet sommar2020 fredrik johan
    """,
    "fi": """
        salasana minun moi hei terve päivää rakkaus rakastan rakas äiti isä perhe suomi helsinki
        tampere turku oulu jääkiekko jalkapallo aurinko kukka kissa koira koiranpentu kesä kevät
        syksy talvi maanantai perjantai tammikuu toukokuu syyskuu koulu opettaja ystävä kaveri
        sisko veli koti onni enkeli nalle pupu salaisuus perkele saatana hevonen
    """,
}
