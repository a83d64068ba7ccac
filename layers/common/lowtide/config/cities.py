"""Large cities and states that IANA has no time zone for, by the zone that they have."""

ZONE_OF_CITY = {
    city: zone
    for zone, cities in {
        "Africa/Cairo": "Alexandria Giza",
        "Africa/Casablanca": "Marrakesh Rabat",
        "Africa/Johannesburg": "Cape_Town Durban Pretoria",
        "Africa/Lagos": "Abuja Ibadan Kano",
        "America/Bogota": "Cali Medellin",
        "America/Chicago": "Austin Dallas Houston Memphis Milwaukee Minneapolis Nashville "
        "New_Orleans San_Antonio St_Louis Texas",
        "America/Denver": "Albuquerque Colorado Salt_Lake_City",
        "America/Edmonton": "Calgary",
        "America/Los_Angeles": "California Las_Vegas Oakland Portland Sacramento San_Diego "
        "San_Francisco San_Jose Seattle Silicon_Valley",
        "America/Mexico_City": "Guadalajara Puebla",
        "America/New_York": "Atlanta Baltimore Boston Charlotte Cleveland Columbus Florida "
        "Miami Orlando Philadelphia Pittsburgh Raleigh Virginia Washington Washington_DC",
        "America/Sao_Paulo": "Brasilia Rio Rio_de_Janeiro",
        "America/Toronto": "Ottawa Quebec",
        "Asia/Amman": "Zarqa",
        "Asia/Colombo": "Sri_Lanka",
        "Asia/Dubai": "Abu_Dhabi Sharjah",
        "Asia/Ho_Chi_Minh": "Hanoi Da_Nang Haiphong",
        "Asia/Hong_Kong": "Kowloon",
        "Asia/Jerusalem": "Haifa",
        "Asia/Karachi": "Islamabad Lahore",
        "Asia/Kolkata": "Ahmedabad Bangalore Bengaluru Bombay Chennai Delhi Hyderabad Mumbai "
        "New_Delhi Pune",
        "Asia/Kuala_Lumpur": "Penang",
        "Asia/Manila": "Cebu Quezon_City",
        "Asia/Riyadh": "Jeddah Mecca",
        "Asia/Seoul": "Busan Incheon",
        "Asia/Shanghai": "Beijing Chengdu Guangzhou Hangzhou Nanjing Peking Shenzhen Tianjin Wuhan",
        "Asia/Tokyo": "Fukuoka Kobe Kyoto Nagoya Osaka Sapporo Yokohama",
        "Australia/Perth": "Fremantle",
        "Australia/Sydney": "Newcastle Wollongong",
        "Europe/Amsterdam": "Eindhoven Rotterdam The_Hague Utrecht",
        "Europe/Berlin": "Bonn Cologne Dresden Duesseldorf Dusseldorf Frankfurt Hamburg Hannover "
        "Koeln Leipzig Muenchen Munich Nuremberg Stuttgart",
        "Europe/Brussels": "Antwerp Ghent",
        "Europe/Istanbul": "Ankara Izmir",
        "Europe/Kyiv": "Kharkiv Kiew Lviv Odesa",
        "Europe/Lisbon": "Porto",
        "Europe/London": "Birmingham Bristol Cardiff Edinburgh England Glasgow Leeds Liverpool "
        "Manchester Scotland Wales",
        "Europe/Madrid": "Barcelona Bilbao Malaga Seville Valencia",
        "Europe/Moscow": "Saint_Petersburg St_Petersburg",
        "Europe/Paris": "Bordeaux Lille Lyon Marseille Nice Strasbourg Toulouse",
        "Europe/Rome": "Bologna Florence Genoa Milan Milano Naples Roma Turin Venice",
        "Europe/Stockholm": "Gothenburg Malmo",
        "Europe/Vienna": "Graz Linz Salzburg",
        "Europe/Warsaw": "Gdansk Krakow Lodz Poznan Wroclaw",
        "Europe/Zurich": "Basel Bern Berne Geneva Lausanne",
        "Pacific/Auckland": "Christchurch Hamilton Wellington",
    }.items()
    for city in cities.split()
}
