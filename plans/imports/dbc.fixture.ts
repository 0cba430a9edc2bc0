/** A made-up DBC with everything that the parser knows. */
export const sampleDbc = String.raw`VERSION "1.0"

NS_ :
	NS_DESC_
	CM_
	BA_DEF_
	BA_
	VAL_
	SIG_VALTYPE_
	SG_MUL_VAL_

BS_:

BU_: Boom Display

VAL_TABLE_ OnOff 1 "on" 0 "off" ;

BO_ 2566848545 Boom: 8 Boom
 SG_ Boom_Pressure : 0|16@1+ (0.1,0) [0|420] "bar" Display
 SG_ Boom_State : 16|2@1+ (1,0) [0|3] "" Display,Vector__XXX

BO_ 389 Radius: 8 Vector__XXX
 SG_ Radius : 7|16@0- (0.01,-40) [-40|80] "m"  Display
 SG_ Load : 32|32@1- (1,0) [0|0] "t" Display

BO_ 511 Mixed: 8 Boom
 SG_ Page M : 0|8@1+ (1,0) [0|0] "" Display
 SG_ First m0 : 8|8@1+ (1,0) [0|0] "count" Display
 SG_ Sub m1M : 8|8@1+ (1,0) [0|0] "" Display
 SG_ Deep m2 : 16|16@1- (1,0) [-100|100] "degC" Display

BO_ 3221225472 VECTOR__INDEPENDENT_SIG_MSG: 0 Vector__XXX
 SG_ Lost : 0|8@1+ (1,0) [0|0] "" Vector__XXX

BO_TX_BU_ 511 : Boom,Display;

CM_ "all of it";
CM_ BU_ Boom "the controller";
CM_ BO_ 389 "From the load-moment indicator";
CM_ SG_ 2566848545 Boom_Pressure "Pressure in the \"main\" ram
of the boom";
BA_DEF_ SG_ "SPN" INT 0 524287;
BA_DEF_ SG_ "GenSigStartValue" FLOAT -3.4E+038 3.4E+038;
BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN","ExtendedCAN","reserved","J1939PG";
BA_DEF_ "ProtocolType" STRING ;
BA_DEF_DEF_ "SPN" 0;
BA_DEF_DEF_ "VFrameFormat" "StandardCAN";
BA_DEF_DEF_ "ProtocolType" "";
BA_ "ProtocolType" "J1939";
BA_ "BusSpeed" BU_ Boom 250;
BA_ "VFrameFormat" BO_ 2566848545 3;
BA_ "SPN" SG_ 2566848545 Boom_State 520192;
BA_ "GenSigStartValue" SG_ 2566848545 Boom_Pressure 65535;
VAL_ 2566848545 Boom_State 3 "not available" 2 "error" 1 "moving" 0 "still" ;
SIG_VALTYPE_ 389 Load : 1;
SG_MUL_VAL_ 511 Deep Sub 2-4, 9-9;
SIG_GROUP_ 389 Both 1 : Radius Load;
`;
