"""Who there is（区划、机构、人员）: regions, organisations, people, enterprises, accounts, and who may act for whom."""
